import { expect, test } from 'vitest'
import { toolsetOf } from './toolset-of.ts'

test.each([
  ['by its first tag', { name: 'k8s_get', tags: ['helm', 'k8s'] }, 'helm'],
  ['not at all by a tag that is none', { name: 'k8s_get', tags: ['other'] }, undefined],
  ['by its name', { name: 'argo_promote', tags: [] }, 'argo'],
  ['not by the end of its name', { name: 'get_k8s_', tags: [] }, undefined],
  ['only by the whole of what begins its name', { name: 'k8sget', tags: [] }, undefined],
  ['where it only waits', { name: 'wait_for_x_seconds', tags: [] }, 'k8s'],
])('a tool belongs to a toolset %s', (_, tool, toolset) => {
  expect(toolsetOf(tool)).toBe(toolset)
})
