import type { Cells } from './cells.ts'
import { configurationCells } from './configuration-cells.ts'
import { networkCells } from './network-cells.ts'
import { podCells } from './pod-cells.ts'
import { workloadCells } from './workload-cells.ts'

const byKey: Record<string, Cells> = { ...podCells, ...workloadCells, ...networkCells, ...configurationCells }

export function cellsOf(key: string): Cells {
  return byKey[key] ?? (() => ({}))
}
