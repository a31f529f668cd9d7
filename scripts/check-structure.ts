import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseFiles, readSources } from './structure/parse-files.ts'
import { measureStructure } from './structure/rules.ts'

/** Prints the shape of the sources, and fails where a rule is broken. Arguments: parts of the names of rules to list in full. */
const root = resolve(import.meta.dirname, '..')
const packages = Object.fromEntries(
  globSync('{apps,packages}/*/package.json', { cwd: root }).map((path) => {
    const { name } = JSON.parse(readFileSync(resolve(root, path), 'utf8')) as { name: string }
    return [name, `${dirname(path)}/src`]
  }),
)
const { held, printed } = measureStructure(parseFiles(readSources(root)), packages)
const isListed = (rule: string) => process.argv.slice(2).some((argument) => rule.includes(argument))

for (const { rule, limit, findings } of held) {
  const isBroken = findings.length > limit
  console.error(`${rule}: ${findings.length}, ${limit} at most${isBroken ? ' - TOO MANY' : ''}`)
  if (isBroken || isListed(rule)) {
    for (const { path, line, what } of findings)
      console.error(`  ${path}${line === undefined ? '' : `:${line}`} ${what}`)
  }
  if (isBroken) process.exitCode = 1
}
for (const line of printed) console.error(line)
