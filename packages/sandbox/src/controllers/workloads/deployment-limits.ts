import type { Deployment } from '../runtime/shapes.ts'

/** `25%` of a number, or a number itself. */
export function portion(value: number | string | undefined, of: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const part = (Number.parseInt(value ?? '0', 10) / 100) * of
  return rounding === 'up' ? Math.ceil(part) : Math.floor(part)
}

export function limitsOf({ spec }: Deployment): { surge: number; unavailable: number } {
  if (spec.strategy.type !== 'RollingUpdate') return { surge: 0, unavailable: spec.replicas }
  const surge = portion(spec.strategy.rollingUpdate?.maxSurge, spec.replicas, 'up')
  const unavailable = portion(spec.strategy.rollingUpdate?.maxUnavailable, spec.replicas, 'down')
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, spec.replicas) }
}
