import { expect, test } from 'vitest'
import { refusedIn } from '../causes/refused-cause.ts'
import type { Pod } from '../cluster/objects.ts'
import { readLog } from './read-pod.ts'

test('of a line that never ends the beginning is read', () => {
  const pod: Pod = { kind: 'Pod', metadata: { name: 'web', namespace: 'market' }, spec: { containers: [] } }
  const plan = readLog(pod, 'web', false)
  plan.next([])
  const text = `dial tcp: connection refused: orders:80 ${'a'.repeat(50_000)}`
  const { value } = plan.next([{ kind: 'answered', text }])
  const [line = ''] = value as string[]
  expect(line.length).toBeLessThan(2_000)
  expect(refusedIn([line])).toMatchObject({ host: 'orders', port: 80 })
})
