import { readFile, writeFile } from 'node:fs/promises'
import { families } from '../apps/mcp/src/families.ts'

/** Writes what our tool server lists, for the scripted one of tests; `--check` fails when it is not up to date. */
const target = new URL('../packages/testing/src/tools/tool-list.generated.json', import.meta.url)

const listed = families
  .flatMap(({ tools }) => tools)
  .map(({ name, title, description, inputSchema, annotations, tags }) => ({
    name,
    title,
    description,
    inputSchema,
    annotations,
    tags,
  }))
const text = `${JSON.stringify(listed, null, 2)}\n`

if (process.argv.includes('--check')) {
  const current = await readFile(target, 'utf8').catch(() => '')
  if (current !== text) {
    console.error(
      'packages/testing/src/tools/tool-list.generated.json is not up to date: node scripts/generate-tool-list.ts',
    )
    process.exit(1)
  }
} else {
  await writeFile(target, text)
}
