import { expect, test } from 'vitest'
import { MissingPart } from '../servers/missing-part.ts'
import { requireRollouts } from './require-rollouts.ts'

test('a cluster without that controller lacks a part that is named; one with it lacks nothing', () => {
  const requiring = (hasRollouts: boolean) => () => requireRollouts({ hasRollouts })
  expect(requiring(true)).not.toThrow()
  expect(requiring(false)).toThrow(MissingPart)
  expect(requiring(false)).toThrow('rollouts-controller with its manifests (Argo Rollouts) is missing. README.md says')
})
