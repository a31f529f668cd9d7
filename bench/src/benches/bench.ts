import type { Figure } from '../figure.ts'
import type { Servers } from '../servers.ts'

/** One measurement: starts what it measures, and tells its figures as they come. */
export type Bench = (servers: Servers, tell: (figure: Figure) => void) => Promise<void>
