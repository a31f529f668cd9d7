import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { chooseTools } from './choose-tools.ts'

const chosen = (env: Record<string, string> = {}, hasSeveralClusters = false) =>
  chooseTools(parseConfig(env, []), { hasSeveralClusters })
const names = (...of: Parameters<typeof chosen>) => chosen(...of).map(({ name }) => name)
const all = names({}, true)

test('every name is the first of its kind, of at most 32 characters, and says its toolset', () => {
  expect(new Set(all).size).toBe(all.length)
  for (const { name, tags } of chosen({}, true)) {
    expect(name.length).toBeLessThanOrEqual(32)
    expect(name).toMatch(/^(?:(?:k8s|helm|argo|jenkins)_|wait_for_x_seconds$)/)
    expect(tags[0]).toBe(name === 'wait_for_x_seconds' ? 'k8s' : name.slice(0, name.indexOf('_')))
  }
})

test('what only reads is all of it in read-only mode', () => {
  for (const [name, value] of [
    ['MCP_READ_ONLY', 'true'],
    ['MCP_MODE', 'read-only'],
  ] as const) {
    const tools = chosen({ [name]: value })
    expect(tools.length).toBeGreaterThan(0)
    expect(tools.filter(({ annotations }) => !annotations.readOnlyHint)).toEqual([])
  }
})

test('a write that does not say that it destroys nothing counts as one that does', () => {
  const left = chosen({ MCP_DISABLE_DESTRUCTIVE: 'true' })
  expect(left.filter(({ annotations }) => annotations.destructiveHint !== false)).toEqual([])
  expect(left.map(({ name }) => name)).toContain('k8s_get')
  expect(left.map(({ name }) => name)).not.toContain('k8s_scale')
})

test('groups and single tools are filters, in this order', () => {
  const ofToolset = (toolset: string) => chosen({ MCP_TOOLSETS: toolset }).map(({ tags }) => tags[0])
  for (const toolset of ['k8s', 'helm', 'argo', 'jenkins'])
    expect(new Set(ofToolset(toolset))).toEqual(new Set([toolset]))
  expect(names({ MCP_TOOLSETS: 'all' })).toEqual(expect.arrayContaining(names()))
  expect(names({ MCP_ENABLED_TOOLS: 'k8s_logs,k8s_get' })).toEqual(['k8s_get', 'k8s_logs'])
  expect(names({ MCP_ENABLED_TOOLS: 'k8s_logs,k8s_get', MCP_DISABLED_TOOLS: 'k8s_get' })).toEqual(['k8s_logs'])
})

test('what needs several clusters or exec is there where they are', () => {
  const needing = (need: string) => chosen({}, true).flatMap((tool) => (tool.needs === need ? [tool.name] : []))
  expect(all.filter((name) => !names().includes(name))).toEqual(needing('several-clusters'))
  const withoutExec = names({ MCP_EXEC: 'off' }, true)
  expect(all.filter((name) => !withoutExec.includes(name))).toEqual(needing('exec'))
})
