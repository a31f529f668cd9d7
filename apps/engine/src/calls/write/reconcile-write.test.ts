import type { Effect, Verification } from '@fairlead/contract/effect/effect'
import { expect, test } from 'vitest'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import { createReconciliation } from './reconcile-write.ts'

const ref = { cluster: 'default', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
type Side = 'after' | 'before' | 'neither' | undefined

function approvedBy(
  tool: string,
  basis: Effect['basis'] = 'server',
  action: Effect['objects'][number]['action'] = 'update',
) {
  const effect = { basis, objects: [{ ...ref, action, changes: [] }], pins: {} }
  return { call: { tool }, approval: { effect, effect_digest: 'd' } } as unknown as ApprovedCall
}

function verificationOf(sides: readonly Side[]): Verification {
  const objects = sides.map((at) => ({ ref, verdict: 'differs' as const, differences: [], at }))
  return { verdict: 'differs', waited_ms: 0, objects } as Verification
}

const reconcile = (sides: readonly Side[] | undefined, approved: ApprovedCall, isTrusted = true) =>
  createReconciliation({
    readBack: async () => (sides === undefined ? undefined : verificationOf(sides)),
    isStillTrusted: async () => isTrusted,
  })(approved)

test.each<[string, readonly Side[] | undefined, string]>([
  ['every object as approved', ['after', 'after'], 'succeeded'],
  ['every object as before', ['before', 'before'], 'not-begun'],
  ['a mixture', ['after', 'before'], 'unclear'],
  ['an object that is neither', ['after', 'neither'], 'unclear'],
  ['an object that nobody compared', [undefined], 'unclear'],
  ['no object at all', [], 'unclear'],
  ['no answer', undefined, 'unclear'],
])('%s: %s is %s', async (_, sides, kind) => {
  expect(await reconcile(sides, approvedBy('k8s_scale'))).toMatchObject({ kind })
})

test('what nobody enforces has not provably not begun', async () => {
  expect(await reconcile(['before'], approvedBy('helm_upgrade', 'computed'))).toMatchObject({ kind: 'unclear' })
})

test.each<[string, ApprovedCall, boolean]>([
  ['a command', approvedBy('k8s_exec', 'external', 'exec'), true],
  ['an effect that nobody vouches for', approvedBy('deploy', 'unknown', 'invoke'), true],
  ['a tool that has changed since', approvedBy('k8s_scale'), false],
])('%s is not read back', async (_, approved, isTrusted) => {
  expect(await reconcile(['after'], approved, isTrusted)).toEqual({
    kind: 'unclear',
    read: 'there is nothing to compare.',
  })
})

test('a mixture names what became of each object', async () => {
  const found = await reconcile(['after', 'before'], approvedBy('k8s_apply'))
  expect(found).toMatchObject({
    objects: [{ outcome: 'succeeded' }, { outcome: 'unknown', error: 'The object is as it was before.' }],
    read: 'Deployment web is as approved; Deployment web is as it was before.',
  })
})
