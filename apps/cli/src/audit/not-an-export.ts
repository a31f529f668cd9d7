/** A file that is no whole export, and where that shows. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport'
}
