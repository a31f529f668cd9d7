import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kubernetes } from './family.ts'

const cases = kubernetes.tools.map((tool) => {
  const folder = tool.changes === 'nothing' ? 'read' : 'write'
  const stem = tool.name.replace(/^k8s_/, '').replaceAll('_', '-')
  return { name: tool.name, path: join(import.meta.dirname, folder, stem), needs: tool.needs }
})

test.each(cases)('$name stands in the file of its name', ({ name, path }) => {
  expect(existsSync(`${path}.ts`)).toBe(true)
  expect(readFileSync(`${path}.ts`, 'utf8')).toContain(`name: '${name}'`)
})

// A tool for several clusters is tried where there are several.
test.each(cases.filter(({ needs }) => needs !== 'several-clusters'))(
  '$name has examples in its own test',
  ({ path }) => {
    expect(existsSync(`${path}.test.ts`)).toBe(true)
    expect(readFileSync(`${path}.test.ts`, 'utf8')).toMatch(/^describeTool\(/m)
  },
)
