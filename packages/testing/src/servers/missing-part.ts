/** A real part (a binary, a package) that a test needs is not on this machine. The message says how to get it. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart'
  readonly part: string
  readonly how: string

  constructor(part: string, how: string) {
    super(`${part} is missing. ${how}`)
    this.part = part
    this.how = how
  }
}
