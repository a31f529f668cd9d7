import { resolve } from 'node:path'

/** For the environment of our processes: the second start uses what the first one has compiled. */
export const compiled = {
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../../../node_modules/.cache/fairlead'),
}
