import { expect, test } from 'vitest'
import { nextTurn, type PastCall } from '../next-turn.ts'
import type { Plan } from '../plan.ts'
import { objectsIn, readObjects } from './read-objects.ts'

const pod = (name: string) => ({ kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { containers: [] } })

test('one object, a list, and a list that was cut', () => {
  expect(objectsIn(JSON.stringify(pod('a'), null, 2)).objects).toHaveLength(1)
  const list = { apiVersion: 'v1', kind: 'List', items: [pod('a'), pod('b')] }
  expect(objectsIn(JSON.stringify(list))).toMatchObject({ isCut: false, objects: [{}, {}] })
  expect(objectsIn(JSON.stringify({ ...list, truncated: '[…]' })).isCut).toBe(true)
  expect(objectsIn(`${JSON.stringify(list)}\n[the rest: continue_token abc=]`)).toMatchObject({
    isCut: true,
    rest: 'abc=',
  })
  expect(objectsIn('{"kind":"List","items":[{"kind":"Pod",[… 9 characters left out …]}]}').isCut).toBe(true)
  expect(objectsIn('No resources found.').objects).toEqual([])
})

test('of too many pods, those whose rows look troubled are read', () => {
  function* names(): Plan<string> {
    return (yield* readObjects(['pods'], 'all')).map(({ metadata }) => metadata.name).join(' ')
  }
  const table = [
    'NAMESPACE   NAME   READY   STATUS             RESTARTS      AGE',
    'shop        fine   1/1     Running            0             4d',
    'shop        done   0/1     Completed          0             4d',
    'shop        sick   0/1     CrashLoopBackOff   7 (5m ago)    4d',
    'shop        late   0/1     Running            0             4d',
    'shop        weak   1/1     Running            12 (2h ago)   4d',
  ].join('\n')
  const answer = ({ resource_type, name, output, ...rest }: Record<string, unknown>): string => {
    if (name !== undefined) return JSON.stringify(pod(`${resource_type}/${name}`))
    expect(rest).toEqual({ all_namespaces: true })
    return output === 'json' ? JSON.stringify({ kind: 'List', items: [pod('fine')], truncated: '[…]' }) : table
  }
  const past: PastCall[] = []
  for (;;) {
    const { text, calls } = nextTurn(names(), past)
    if (calls.length === 0) {
      expect(text).toBe('pods/sick pods/late pods/weak')
      break
    }
    for (const { tool, args } of calls) past.push({ tool, args, reply: { kind: 'answered', text: answer(args) } })
  }
})
