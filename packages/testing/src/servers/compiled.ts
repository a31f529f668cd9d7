import { resolve } from 'node:path'

/** For the environment of a process of ours: what one start compiled the next one has. */
export const compiled = {
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../../../node_modules/.cache/fairlead'),
}
