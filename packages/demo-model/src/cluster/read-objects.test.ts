import { expect, test } from 'vitest'
import { nextTurn, type PastCall } from '../plan/next-turn.ts'
import type { Plan } from '../plan/plan.ts'
import { type Found, objectsIn, readObjects } from './read-objects.ts'

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

/** Runs a plan against a cluster that answers so; what comes of it, and the calls. */
function run<T>(plan: () => Plan<T>, answer: (args: Record<string, unknown>) => string) {
  const past: PastCall[] = []
  function* asText(): Plan<string> {
    return JSON.stringify(yield* plan())
  }
  for (;;) {
    const { text, calls } = nextTurn(asText(), past)
    if (calls.length === 0) return { result: JSON.parse(text) as T, calls: past.map(({ args }) => args) }
    for (const { tool, args } of calls) past.push({ tool, args, reply: { kind: 'answered', text: answer(args) } })
  }
}

const named = ({ objects }: Found) => objects.map(({ metadata }) => metadata.name).join(' ')
const cutList = (items: object[], all: string) =>
  JSON.stringify({
    kind: 'List',
    items,
    truncated: `[truncated: showing ${items.length} of ${all} items; narrow with a name]`,
  })

test('of too many pods, those that came and those whose rows look troubled are read, the worst of each owner first', () => {
  const table = [
    'NAMESPACE   NAME         READY   STATUS             RESTARTS      AGE',
    'shop        fine         1/1     Running            0             4d',
    'shop        done         0/1     Completed          0             4d',
    'shop        late-a       0/1     Running            0             4d',
    'shop        late-b       0/1     Running            0             4d',
    'shop        slow-a       0/1     Pending            0             4d',
    'shop        weak-a       1/1     Running            12 (2h ago)   4d',
    'shop        sick-a       0/1     CrashLoopBackOff   7 (5m ago)    4d',
    'shop        sick-b       0/1     CrashLoopBackOff   7 (5m ago)    4d',
    'shop        mine-a       0/1     Running            0             4d',
    'shop        well-a       1/1     Running            0             4d',
  ].join('\n')
  const { result, calls } = run(
    () => readObjects(['pods'], 'all', ['mine']),
    ({ name, output }) => {
      if (name !== undefined) return JSON.stringify(pod(String(name)))
      return output === 'json' ? cutList([pod('fine')], '10') : table
    },
  )
  expect(named(result)).toBe('fine mine-a sick-a weak-a slow-a late-a sick-b')
  expect(result.parts).toEqual([{ kind: 'pods', read: 7, all: { count: 10, isMore: false } }])
  expect(calls.slice(0, 3)).toEqual([
    { resource_type: 'pods', all_namespaces: true, output: 'json' },
    { resource_type: 'pods', all_namespaces: true },
    { resource_type: 'pods', name: 'mine-a', namespace: 'shop', output: 'json' },
  ])
})

test('several kinds that are too many share one table, and what was read wholly is no part', () => {
  const deployment = (name: string) => ({ ...pod(name), kind: 'Deployment' })
  const table = [
    'NAME                  READY   UP-TO-DATE   AVAILABLE   AGE',
    'deployment.apps/web   1/1     1            1           4d',
    'deployment.apps/api   0/1     1            0           4d',
    '',
    'NAME            STATUS     COMPLETIONS   DURATION   AGE',
    'job.batch/one   Complete   1/1           3s         4d',
  ].join('\n')
  const { result } = run(
    () => readObjects(['deployments,jobs'], 'shop'),
    ({ name, resource_type, output }) => {
      if (name !== undefined) return JSON.stringify(deployment(`${resource_type}/${name}`))
      return output === 'json' ? cutList([deployment('web')], '3') : table
    },
  )
  expect(named(result)).toBe('web deployments/api')
  expect(result.parts).toEqual([{ kind: 'jobs', read: 0, all: { count: 1, isMore: false } }])
})

test('small things are read in pages, and of very many it is said how many were read', () => {
  const service = (name: string) => ({ kind: 'Service', metadata: { name, namespace: 'shop' }, spec: {} })
  const page = (from: number) => Array.from({ length: 20 }, (_, index) => service(`s${from + index}`))
  const read = (pages: number) =>
    run(
      () => readObjects(['services'], 'shop'),
      ({ limit, continue_token: token = '0' }) => {
        if (limit === undefined) return cutList(page(0).slice(0, 5), '90')
        const at = Number(token)
        const more = `\n[the rest: continue_token ${at + 1}]`
        const left = (pages - at) * 20
        return at + 1 < pages
          ? `${cutList(page(at * 20), String(left))}${more}`
          : JSON.stringify({ kind: 'List', items: page(at * 20) })
      },
    ).result
  expect(read(2)).toMatchObject({ objects: { length: 40 }, parts: [] })
  expect(read(5)).toMatchObject({
    objects: { length: 60 },
    parts: [{ kind: 'services', read: 60, all: { count: 100, isMore: false } }],
  })
})
