import { resolve } from 'node:path'
import { leftOutOnSandbox } from '../packages/testing/src/cluster/left-out-on-sandbox.ts'
import { leavingOut } from './leaving-out.ts'

/** The vitest runner of a run on the sandbox. */
// biome-ignore lint/style/noDefaultExport: vitest loads a runner by its default export
export default leavingOut(leftOutOnSandbox, resolve(import.meta.dirname, '..'))
