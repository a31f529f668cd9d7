import { randomInt } from 'node:crypto'
import { seededRandom } from '@fairlead/sandbox/faults/random'

/** The seed of this run; `FAIRLEAD_SEED` gives all of it back. */
export const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))

/** So many of a list, by chance that comes again. */
export function someOf<T>(list: readonly T[], count: number, from: number): T[] {
  return count >= list.length ? [...list] : seededRandom(from).some(list, count)
}
