/** Milliseconds since 1970 with fractions: the clock that the scripted model stamps its pieces with. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
