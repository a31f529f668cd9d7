/** A file that is no whole export, and where that shows. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport'
}

/** Far more than a row or a large body has, in bytes: whoever sends more sends it to fill the memory. */
export const MOST_IN_A_LINE = 64 * 1024 * 1024

/** `line`: which one, such as `Line 3`. */
export function tooLong(line: string): NotAnExport {
  return new NotAnExport(`${line} is longer than ${MOST_IN_A_LINE / 1024 / 1024} MiB: no line of an export is.`)
}
