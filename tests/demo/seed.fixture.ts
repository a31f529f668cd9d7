import { randomInt } from 'node:crypto'

/** The seed of this run; `FAIRLEAD_SEED` gives all of it back. */
export const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
