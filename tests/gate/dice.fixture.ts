import { randomInt } from 'node:crypto'

/** Chance that can be had again: `FAIRLEAD_SEED` gives all of it back. */
export type Dice = {
  /** From `least` to `most`, both included. */
  whole(least: number, most: number): number
  pick<T>(of: readonly T[]): T
  /** A name that begins so. */
  name(prefix: string): string
  /** Dice of their own, so that what one test throws does not change what the next one gets. */
  fork(salt: number): Dice
}

/** The seed of this run; stands in the output of every test that uses it. */
export const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))

export function createDice(from: number): Dice {
  let state = from >>> 0
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole: Dice['whole'] = (least, most) => least + Math.floor(next() * (most - least + 1))
  return {
    whole,
    pick: (of) => of[whole(0, of.length - 1)] as (typeof of)[number],
    name: (prefix) => `${prefix}-${whole(0, 2 ** 31 - 1).toString(36)}`,
    fork: (salt) => createDice(Math.imul(from ^ 0x9e3779b9, 2 * salt + 1) + salt),
  }
}
