import type { Rollout } from './rollout.ts'

export function strategyName({ spec: { strategy = {} } }: Rollout): string {
  if (strategy.canary !== undefined) return 'Canary'
  return strategy.blueGreen === undefined ? '<none>' : 'BlueGreen'
}
