import { expect, test } from 'vitest'
import { MissingPart } from '../servers/missing-part.ts'
import { requireNodes } from './require-nodes.ts'

test('a cluster without nodes lacks a part that is named; one with nodes lacks nothing', () => {
  const requiring = (hasNodes: boolean) => () => requireNodes({ hasNodes })
  expect(requiring(true)).not.toThrow()
  expect(requiring(false)).toThrow(MissingPart)
  expect(requiring(false)).toThrow('kwok with its manifests (simulated nodes) is missing. README.md says')
})
