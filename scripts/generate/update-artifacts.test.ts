import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { updateArtifacts, whyStale } from './update-artifacts.ts'

const made = { path: 'deep/made.json', make: async () => 'made' }
const taken = {
  path: 'taken.json',
  make: async () => `taken ${Math.random()}`,
  whyStale: async (text: string) => (text.startsWith('taken') ? undefined : 'is older'),
}
const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'fairlead-artifacts-'))

test('what is missing or not what its sources make is stale, and written', async () => {
  await using folder = await temporaryFolder()
  expect(await whyStale(folder.path, made)).toBe('is missing')
  expect(await updateArtifacts(folder.path, [made])).toEqual(['deep/made.json'])
  expect(await whyStale(folder.path, made)).toBeUndefined()
  await writeFile(join(folder.path, made.path), 'edited by hand')
  expect(await whyStale(folder.path, made)).toBe('is not what its sources make')
})

test('what is taken from running programs is taken again when it does not fit, or is named', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, taken.path)
  await writeFile(file, 'old')
  expect(await whyStale(folder.path, taken)).toBe('is older')
  await updateArtifacts(folder.path, [taken])
  const first = await readFile(file, 'utf8')
  expect(await updateArtifacts(folder.path, [taken])).toEqual([])
  expect(await readFile(file, 'utf8')).toBe(first)
  expect(await updateArtifacts(folder.path, [taken], ['taken'])).toEqual(['taken.json'])
})
