/** An argument breaks an input rule. The message is the whole sentence a caller reads after `InvalidArgument: `. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
}
