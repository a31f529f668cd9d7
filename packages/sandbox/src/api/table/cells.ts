import type { Clock } from '../../clock.ts'
import type { Json, JsonObject } from '../values/json.ts'

/** The cells of a row by the name of their column; name and age come by themselves. */
export type Cells = (object: JsonObject, clock: Clock) => Record<string, Json>
