/** The call that is opened when `gone` has left the list: the one behind it, else the one before. */
export function nextCall(before: readonly string[], gone: string, now: readonly string[]): string | undefined {
  const at = before.indexOf(gone)
  if (at === -1) return now[0]
  const isThere = (callId: string) => now.includes(callId)
  return before.slice(at + 1).find(isThere) ?? before.slice(0, at).findLast(isThere) ?? now[0]
}

/** One row further, or back; at an end it stays. */
export function neighbour(callIds: readonly string[], from: string | undefined, step: 1 | -1): string | undefined {
  const at = from === undefined ? -1 : callIds.indexOf(from)
  if (at === -1) return step === 1 ? callIds[0] : callIds.at(-1)
  return callIds[Math.min(Math.max(at + step, 0), callIds.length - 1)]
}
