/** What scripts go by; the README's table has the same. */
export const exitCodes = {
  done: 0,
  /** The run failed, or something that nobody foresaw. */
  failed: 1,
  wrongUse: 2,
  notSignedIn: 3,
  /** A change waits for a person; nothing was decided here. */
  waiting: 4,
  /** The decision was not taken: the call changed, was decided before, or is not for this person to decide. */
  notDecided: 5,
  unreachable: 6,
  /** By Ctrl-C, as shells know it. */
  stopped: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
