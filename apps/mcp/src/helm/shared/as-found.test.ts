import { valueAt } from '@fairlead/contract/json/json-pointer'
import { describe, expect, it } from 'vitest'
import { applyPatch } from '../../effect/json-patch.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { asFound } from './as-found.ts'

const deployment = (image: string, more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 2, ...more, template: { spec: { containers: [{ name: 'web', image }] } } },
})
/** As the server keeps it: with what it fills in. */
const live = (image: string, more: object = {}): KubeObject => {
  const { metadata, ...rest } = deployment(image, { progressDeadlineSeconds: 600, ...more })
  return { ...rest, metadata: { ...metadata, uid: 'u', resourceVersion: '7' } }
}
const first = deployment('web:1', { paused: true })
const second = deployment('web:2', { minReadySeconds: 5 })

describe('what helm finds', () => {
  it.each([
    [
      'of what is in no revision, what the new one speaks of',
      [],
      live('web:9'),
      deployment('web:3'),
      deployment('web:9'),
    ],
    ['the only revision', [first], live('web:1', { paused: true }), second, first],
    [
      'a revision that failed once it had written',
      [first, second],
      live('web:2', { minReadySeconds: 5 }),
      first,
      second,
    ],
    ['not a revision that failed before it wrote', [first, second], live('web:1', { paused: true }), second, first],
    ['the last of several that wrote', [first, second, first], live('web:1', { paused: true }), second, first],
    [
      'of two that the cluster does not tell apart, the one that shows a change',
      [first, second],
      live('x'),
      second,
      first,
    ],
    ['and as well the other way about', [first, second], live('x'), first, second],
  ])('is %s', (_, written, found, wanted, before) => {
    // An image that somebody has set is what the next revision changes.
    const container = { name: 'web', image: valueAt(found, '/spec/template/spec/containers/0/image') }
    const expected = applyPatch(before, [{ op: 'replace', path: '/spec/template/spec/containers/0', value: container }])
    expect(asFound(found, written, wanted).before).toEqual(expected)
  })

  it('is with the image and the replicas that somebody has set, which is said', () => {
    expect(asFound(live('web:9', { replicas: 5 }), [first], first)).toEqual({
      before: deployment('web:9', { paused: true, replicas: 5 }),
      signals: [
        {
          risk: 'medium',
          reason:
            'Deployment shop/web is not as the release wrote it: /spec/replicas is 5, the release says 2, and helm may set it back',
        },
        { risk: 'medium', reason: expect.stringContaining('/image is web:9, the release says web:1') },
      ],
    })
  })
})
