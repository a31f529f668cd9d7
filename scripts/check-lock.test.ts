import { expect, test } from 'vitest'
import { missingPlatformPackages } from './check-lock.ts'

test('names a platform package that no folder on the way up holds', () => {
  const lock = {
    '': {},
    'node_modules/fast': { optionalDependencies: { 'fast-linux': '1', 'fast-darwin': '1' } },
    'node_modules/fast-linux': {},
  }
  expect(missingPlatformPackages(lock)).toEqual(['fast-darwin'])
})

test('finds platform packages beside the package, inside it, and above a nested one', () => {
  const lock = {
    'node_modules/a': { optionalDependencies: { 'a-linux': '1' } },
    'node_modules/a/node_modules/a-linux': {},
    'node_modules/a/node_modules/b': { optionalDependencies: { 'b-linux': '1' } },
    'node_modules/b-linux': {},
  }
  expect(missingPlatformPackages(lock)).toEqual([])
})
