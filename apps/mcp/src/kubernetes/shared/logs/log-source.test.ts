import { expect, test } from 'vitest'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { hasPrevious } from './log-source.ts'

test('each container has instances of its own', () => {
  const running = { running: { startedAt: '2026-01-31T10:00:00Z' } }
  const pod: Pod = {
    metadata: { name: 'web' },
    status: {
      containerStatuses: [
        { name: 'app', state: running, lastState: { terminated: { exitCode: 1 } } },
        { name: 'proxy', state: running, lastState: {} },
      ],
    },
  }
  expect(['app', 'proxy', 'other'].map((container) => hasPrevious({ pod, container }))).toEqual([true, false, false])
})
