import type { Clock } from '../../clock.ts'
import type { Json, JsonObject } from '../json.ts'
import { configurationCells } from './configuration-cells.ts'
import { networkCells } from './network-cells.ts'
import { podCells } from './pod-cells.ts'
import { workloadCells } from './workload-cells.ts'

/** The cells of a row by the name of their column; name and age come by themselves. */
export type Cells = (object: JsonObject, clock: Clock) => Record<string, Json>

const byKey: Record<string, Cells> = { ...podCells, ...workloadCells, ...networkCells, ...configurationCells }

export function cellsOf(key: string): Cells {
  return byKey[key] ?? (() => ({}))
}
