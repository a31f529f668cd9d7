/** A file that is no whole export, and where that shows. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport'
}

const MIB = 1024 * 1024
/** A text may not be much longer. The heads of years, and the largest body that a tool server can send, are shorter. */
export const MAX_IN_A_LINE = 448 * MIB

/** `line`: which one, such as `Line 3`. */
export function tooLong(line: string): NotAnExport {
  const most = `${MAX_IN_A_LINE / MIB} MiB`
  return new NotAnExport(
    `${line} is longer than ${most}, and cannot be read. If the engine has written it, make exports of shorter times and check them with --filtered.`,
  )
}
