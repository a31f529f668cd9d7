import type { Effect, EffectObject } from '@fairlead/contract/effect/effect'

export const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
export const word = (): string => `w${Math.random().toString(36).slice(2, 9)}`
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, it) => make(it))

function randomValue(): unknown {
  return pick([word, () => Math.floor(Math.random() * 1e6), () => pick([true, false]), () => [word(), word()]])()
}

function randomObject(): EffectObject {
  const action = pick(['create', 'update', 'delete', 'restart'] as const)
  return {
    cluster: word(),
    apiVersion: 'apps/v1',
    kind: pick(['Deployment', 'ConfigMap', 'Service']),
    namespace: word(),
    name: word(),
    action,
    changes:
      action === 'delete'
        ? []
        : action === 'create'
          ? [{ path: '', after: { kind: word(), spec: { a: word(), list: [{ b: word(), c: randomValue() }] } } }]
          : times(1 + Math.floor(Math.random() * 4), () => {
              const sides = pick(['before', 'after', 'both'])
              return {
                path: `/spec/${word()}/${word()}`,
                ...(sides !== 'after' && { before: randomValue() }),
                ...(sides !== 'before' && { after: randomValue() }),
              }
            }),
  }
}

export function randomEffect(): Effect {
  return {
    summary: `${word()} -> ${word()}`,
    risk: pick(['low', 'medium', 'high']),
    reasons: times(Math.floor(Math.random() * 3), word),
    basis: pick(['server', 'computed', 'external', 'unknown']),
    objects: times(1 + Math.floor(Math.random() * 5), randomObject),
    generated: times(Math.floor(Math.random() * 3), () => `/spec/${word()}`),
    pins: Object.fromEntries(times(Math.floor(Math.random() * 3), () => [word(), word()])),
    undo: pick([{ impossible: word() }, { tool: word(), args: { [word()]: word(), count: 7 } }]),
  }
}
