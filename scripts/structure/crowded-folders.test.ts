import { expect, test } from 'vitest'
import { findCrowdedFolders } from './crowded-folders.ts'

const files = (count: number, ending: string) =>
  Array.from({ length: count }, (_, at) => ({ path: `apps/a/src/b/file-${at}${ending}`, text: '' }))

test('the 26th file crowds a folder', () => {
  expect(findCrowdedFolders(files(25, '.ts'))).toEqual([])
  expect(findCrowdedFolders(files(26, '.ts'))).toEqual([
    { path: 'apps/a/src/b', what: 'holds 26 source files, 25 at most' },
  ])
})

test('tests, fixtures and route tables do not count', () => {
  const routes = ['routes.ts', 'route.ts'].map((name) => ({ path: `apps/a/src/b/${name}`, text: '' }))
  const beside = [...files(9, '.test.ts'), ...files(9, '.fixture.ts'), ...routes]
  expect(findCrowdedFolders([...files(25, '.ts'), ...beside])).toEqual([])
})
