import { readFile, writeFile } from 'node:fs/promises'
import { families } from '../apps/mcp/src/families.ts'
import { toolDigest } from '../packages/contract/src/tool/tool-digest.ts'

/** Writes the digests of our own tools, by which an engine knows them again; `--check` fails when they are not up to date. */
const target = new URL('../packages/contract/src/tool/pinned-tools.generated.json', import.meta.url)

const digests = families
  .flatMap(({ tools }) => tools)
  .map((tool) => [tool.name, toolDigest(tool)] as const)
  .toSorted(([left], [right]) => (left < right ? -1 : 1))
const text = `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`

if (process.argv.includes('--check')) {
  const current = await readFile(target, 'utf8').catch(() => '')
  if (current !== text) {
    console.error(
      'packages/contract/src/tool/pinned-tools.generated.json is not up to date: node scripts/generate-pinned-tools.ts',
    )
    process.exit(1)
  }
} else {
  await writeFile(target, text)
}
