import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { keptMutants } from './kept-mutants.fixture.ts'

const root = resolve(import.meta.dirname, '../..')

test('every patch beside this file is listed, and none twice', () => {
  const listed = keptMutants.map(({ patch }) => patch)
  expect(listed.toSorted()).toEqual(globSync('*.patch', { cwd: import.meta.dirname }).toSorted())
})

// That the named test finds the fault is for the full run to show.
test.each(keptMutants)('$patch applies to the code as it is', ({ patch, file }) => {
  const apply = () =>
    execFileSync('git', ['apply', '--check', join(import.meta.dirname, patch)], { cwd: root, stdio: 'pipe' })
  expect(apply).not.toThrow()
  expect(existsSync(join(root, file)), file).toBe(true)
})
