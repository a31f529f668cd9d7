/** Chance that comes again: the same seed draws the same. */
export type Random = {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  /** So many different ones of the list. */
  some<T>(list: readonly T[], count: number): T[]
  isHeads(): boolean
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  // mulberry32: small, and even enough for names.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    whole,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
    some: (list, count) => {
      const left = [...list]
      return Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(whole(0, left.length - 1), 1),
      ).flat()
    },
    isHeads: () => next() < 0.5,
  }
}
