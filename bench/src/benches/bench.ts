import type { Figure } from '../figure.ts'
import type { Servers } from '../servers.ts'

/** One measurement: starts what it measures, and reports each figure as soon as it is known. */
export type Bench = (servers: Servers, report: (figure: Figure) => void) => Promise<void>
