import { randomInt } from 'node:crypto'

/** Both versions of helm in the full run; in the short one that of its seed, since each run of helm takes its time. */
const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
export const helmMajors: readonly (3 | 4)[] = process.env.FAIRLEAD_FULL === '1' ? [3, 4] : [seed % 2 === 0 ? 3 : 4]
