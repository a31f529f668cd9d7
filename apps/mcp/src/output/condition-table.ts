import { type Lines, tableSection } from './report.ts'

export type Condition = {
  type?: string
  status?: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

function conditionsOf(status: unknown): Condition[] {
  const { conditions } = (status ?? {}) as { conditions?: unknown }
  return Array.isArray(conditions) ? (conditions as Condition[]) : []
}

export function conditionTable(status: unknown): Lines {
  const rows = conditionsOf(status).map(({ type, status, reason, message }) => [
    type,
    status,
    reason ?? '',
    message ?? '',
  ])
  return tableSection('Conditions', ['TYPE', 'STATUS', 'REASON', 'MESSAGE'], rows)
}
