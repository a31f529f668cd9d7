import type { TailEntry } from './live-tail.ts'

/** Whether the entries go on after that id without a gap, among themselves too. */
export function isContiguous(after: number, entries: readonly TailEntry[]): boolean {
  return entries.every(({ id }, index) => id === after + 1 + index)
}
