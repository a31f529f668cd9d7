import { randomInt } from 'node:crypto'

/** Names and numbers that differ from run to run; `FAIRLEAD_SEED` gives those of an earlier run again. */
export type Chance = {
  /** A whole number of both ends included. */
  number(least: number, most: number): number
  /** A name that Kubernetes takes. */
  name(stem: string): string
}

/** Prints the seed, so that what failed can be repeated. */
export function newChance(): Chance {
  const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(1, 2 ** 31))
  console.info(`FAIRLEAD_SEED=${seed}`)
  let state = seed
  // xorshift: good enough to choose names, and the same everywhere
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return {
    number: (least, most) => least + (next() % (most - least + 1)),
    name: (stem) => `${stem}-${next().toString(36)}`,
  }
}
