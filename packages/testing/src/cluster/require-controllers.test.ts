import { expect, test } from 'vitest'
import { MissingPart } from '../servers/missing-part.ts'
import { requireControllers } from './require-controllers.ts'

test('a cluster without controllers lacks a part that is named; one with them lacks nothing', () => {
  const requiring = (hasController: boolean) => () => requireControllers({ hasController })
  expect(requiring(true)).not.toThrow()
  expect(requiring(false)).toThrow(MissingPart)
  expect(requiring(false)).toThrow('kube-controller-manager is missing. README.md says')
})
