/** Deeper than anything that a tool takes. What walks through a value calls itself for each level, and is not endless. */
const MAX_LEVELS = 32

/** Whether a JSON value has more levels than `most`; calls itself for so many of them at most. */
export function isTooDeep(value: unknown, most = MAX_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((each) => most === 0 || isTooDeep(each, most - 1))
}

/** A copy of a JSON value in which `standIn` stands for each value at that level, the value itself being at level 0. */
export function cutAtLevel(value: unknown, level: number, standIn: (deep: unknown) => unknown): unknown {
  if (level === 0) return standIn(value)
  if (Array.isArray(value)) return value.map((each) => cutAtLevel(each, level - 1, standIn))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cutAtLevel(each, level - 1, standIn)]))
}
