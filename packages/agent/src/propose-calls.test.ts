import { describe, expect, it } from 'vitest'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
import { proposeCalls } from './propose-calls.ts'

const options = {
  catalogue: [aTool(), aWriteTool(), aTool({ name: 'helm_list', toolset: 'helm' })],
  loaded: { k8s: true },
  viewOnly: false,
  execReadAllowList: true,
}
const propose = (name: string, args: string, overrides: Partial<typeof options> = {}) => {
  const { calls, loaded } = proposeCalls([{ id: 'c1', name, arguments: args }], { ...options, ...overrides })
  return { call: calls[0], loaded }
}

describe('a call that cannot run carries its reason', () => {
  it.each([
    [
      'a tool that is not offered',
      'k8s_drain',
      '{}',
      /"k8s_drain" is not offered in this turn.*k8s_get, k8s_scale.*load_toolset/,
    ],
    ['a tool of a toolset that is not loaded', 'helm_list', '{"name":"x"}', /is not offered/],
    ['a name of every object', 'constructor', '{}', /is not offered/],
    ['cut arguments', 'k8s_get', '{"name":"we', /not a JSON object/],
    ['arguments that are a list', 'k8s_get', '["web"]', /not a JSON object/],
    ['arguments that are a text', 'k8s_get', '"web"', /not a JSON object/],
    ['arguments that are a number', 'k8s_get', '5', /not a JSON object/],
    ['arguments that are null', 'k8s_get', 'null', /not a JSON object/],
    ['half a character', 'k8s_get', '{"name":"w\\ud800b"}', /valid Unicode/],
    ['half a character in a name', 'k8s_get', '{"\\ud800":1}', /valid Unicode/],
    ['NUL', 'k8s_get', '{"name":"w\\u0000b"}', /valid Unicode/],
    ['NUL in a name', 'k8s_get', '{"na\\u0000me":"web"}', /valid Unicode/],
    ['NUL deep inside', 'k8s_get', '{"name":"web","limit":[{"a":"w\\u0000b"}]}', /valid Unicode/],
    [
      'arguments that nest too deeply',
      'k8s_get',
      `{"name":${'['.repeat(257)}${']'.repeat(257)}}`,
      /not a JSON object .* nested at most 256 levels deep/,
    ],
    [
      'arguments that nest as deeply as they may',
      'k8s_get',
      `{"name":${'['.repeat(255)}${']'.repeat(255)}}`,
      /do not fit/,
    ],
    ['a word as deep as may be', 'k8s_get', `{"name":${'['.repeat(255)}true${']'.repeat(255)}}`, /do not fit/],
    ['a number beyond a double', 'k8s_get', '{"name":[1e999]}', /finite numbers/],
    ['a missing argument', 'k8s_get', '', /do not fit: name/],
    ['nothing but space', 'k8s_get', ' ', /do not fit: name/],
    ['two faults at once', 'k8s_get', '{"all":true}', /do not fit: name.*; unknown parameter "all"/],
    ['an unknown argument', 'k8s_get', '{"name":"web","all":true}', /unknown parameter "all"; known are name, limit/],
    ['a wrong type', 'k8s_scale', '{"name":"web","replicas":"five"}', /replicas/],
  ])('%s', (_, name, args, fault) => {
    expect(propose(name, args).call?.fault).toMatch(fault)
  })
})

it('names a tool that is not offered by its beginning alone, and says so where none is', () => {
  expect(propose('x'.repeat(100), '{}', { catalogue: [] }).call?.fault).toBe(
    `Tool "${'x'.repeat(80)}" is not offered in this turn. Offered are none; load_toolset offers more.`,
  )
})

it('a tool that nobody offers is a write of the name that the model wrote, which never runs', () => {
  expect(propose('k8s_drain', '{"name":"n1"}').call).toEqual({
    provider_id: 'c1',
    tool: 'k8s_drain',
    title: 'k8s_drain',
    annotations: {},
    server: 'builtin',
    tool_digest: undefined,
    args: { name: 'n1' },
    class: 'write',
    fault: expect.any(String),
  })
})

it('a call carries what its tool says of itself', () => {
  const tool = aTool({ server: 'tickets', title: 'Look' })
  expect(propose('k8s_get', '{"name":"web","limit":null}', { catalogue: [tool] }).call).toEqual({
    provider_id: 'c1',
    tool: 'k8s_get',
    title: 'Look',
    annotations: tool.annotations,
    server: 'tickets',
    tool_digest: tool.digest,
    args: { name: 'web', limit: null },
    class: 'read',
    fault: undefined,
  })
})

it.each([
  ['builtin', 'read'],
  ['tickets', 'write'],
])('a dry run of a tool of %s is a %s', (server, expected) => {
  const { call } = propose('k8s_scale', '{"name":"web","replicas":5,"dry_run":true}', {
    catalogue: [aWriteTool({ server })],
  })
  expect(call?.class).toBe(expected)
})

it.each([
  [true, 'read'],
  [false, 'write'],
])('with the list of looking commands switched to %s, one of them is a %s', (execReadAllowList, expected) => {
  const exec = aWriteTool({
    name: 'k8s_exec',
    inputSchema: { type: 'object', properties: { command: { type: 'string' } } },
  })
  const { call } = propose('k8s_exec', '{"command":"ls"}', { catalogue: [exec], execReadAllowList })
  expect(call?.class).toBe(expected)
})

it('trims the name and takes the arguments as they are', () => {
  const { call } = propose(' k8s_scale ', '{"name":"web","replicas":5}')
  expect(call).toMatchObject({ tool: 'k8s_scale', title: 'Scale', class: 'write', args: { name: 'web', replicas: 5 } })
  expect(call?.fault).toBeUndefined()
})

it('does not offer writes before they were loaded, nor ever to who may only look', () => {
  expect(propose('k8s_scale', '{"name":"web","replicas":5}', { loaded: { k8s: false } }).call?.fault).toMatch(
    /not offered/,
  )
  expect(propose('k8s_scale', '{"name":"web","replicas":5}', { viewOnly: true }).call?.fault).toMatch(/not offered/)
})

describe('load_toolset', () => {
  it('is answered on the spot and counts from the next turn on', () => {
    const { call, loaded } = propose('load_toolset', '{"toolset":"helm","include_write_tools":false}')
    expect(call).toMatchObject({ server: 'engine', class: 'read', answer: expect.stringContaining('helm_list') })
    expect(loaded).toEqual({ k8s: true, helm: false })
  })

  it('is a read of the engine itself, without title and hints', () => {
    expect(propose('load_toolset', 'not json').call).toEqual({
      provider_id: 'c1',
      tool: 'load_toolset',
      title: '',
      annotations: {},
      server: 'engine',
      args: {},
      class: 'read',
      answer: expect.any(String),
    })
  })

  it('counts twice where it is called twice', () => {
    const load = (toolset: string) => ({
      id: toolset,
      name: 'load_toolset',
      arguments: JSON.stringify({ toolset, include_write_tools: true }),
    })
    const { calls, loaded } = proposeCalls([load('helm'), load('k8s')], { ...options, loaded: {} })
    expect(loaded).toEqual({ helm: true, k8s: true })
    expect(calls.map(({ provider_id }) => provider_id)).toEqual(['helm', 'k8s'])
  })

  it('never takes writes back', () => {
    expect(propose('load_toolset', '{"toolset":"k8s","include_write_tools":false}').loaded).toEqual({ k8s: true })
  })

  it('takes the flag as a word', () => {
    const { loaded } = propose('load_toolset', '{"toolset":"helm","include_write_tools":"true"}')
    expect(loaded).toEqual({ k8s: true, helm: true })
  })

  it.each([
    ['{"toolset":"ssh","include_write_tools":true}', /toolset must be one of/],
    ['{"toolset":"toString","include_write_tools":true}', /toolset must be one of/],
    ['{"toolset":"k8s"}', /include_write_tools must be/],
    ['{"toolset":"k8s","include_write_tools":"yes"}', /include_write_tools must be/],
    ['{"toolset":"k8s","include_write_tools":"constructor"}', /include_write_tools must be/],
    ['not json', /toolset must be one of/],
  ])('explains what is wrong with %s and loads nothing', (args, answer) => {
    const { call, loaded } = propose('load_toolset', args, { loaded: { k8s: false } })
    expect(call?.answer).toMatch(answer)
    expect(loaded).toEqual({ k8s: false })
  })

  it('gives who may only look the looking tools, and says so', () => {
    const { call, loaded } = propose('load_toolset', '{"toolset":"k8s","include_write_tools":true}', {
      viewOnly: true,
      loaded: { k8s: false },
    })
    expect(loaded).toEqual({ k8s: false })
    expect(call?.answer).toMatch(/Write tools were left out/)
  })
})
