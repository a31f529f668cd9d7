import { describe, expect, it } from 'vitest'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
import type { LoadedToolsets } from './position.ts'
import { applyLoadToolset, LOAD_TOOLSET, offeredTools, requestTools } from './toolsets.ts'

const get = aTool()
const scale = aWriteTool()
const list = aTool({ name: 'helm_list', toolset: 'helm' })
const uninstall = aWriteTool({ name: 'helm_uninstall', toolset: 'helm' })
const stranger = aTool({ name: 'weather', toolset: undefined })
const catalogue = [get, scale, list, uninstall, stranger]
const names = (tools: readonly { name: string }[]) => tools.map(({ name }) => name)

describe('a turn offers', () => {
  it.each([
    ['what only looks, of the loaded toolsets', { k8s: false }, false, ['k8s_get']],
    ['all of a toolset once its writes were allowed', { k8s: true }, false, ['k8s_get', 'k8s_scale']],
    ['no write to who may only look', { k8s: true, helm: true }, true, ['k8s_get', 'helm_list']],
    ['several toolsets, each by itself', { k8s: false, helm: true }, false, ['k8s_get', 'helm_list', 'helm_uninstall']],
    ['nothing where nothing is loaded', {}, false, []],
  ])('%s', (_, loaded, viewOnly, offered) => {
    expect(names(offeredTools(catalogue, { loaded, viewOnly }))).toEqual(offered)
  })

  it('no tool without a toolset, whatever was loaded', () => {
    const loaded = JSON.parse('{"undefined": true, "k8s": false}')
    expect(names(offeredTools(catalogue, { loaded, viewOnly: false }))).toEqual(['k8s_get'])
  })

  it('tools that were loaded by their names, alone or beside all that only reads', () => {
    const named = (reads: boolean) => ({ k8s: { reads, tools: ['k8s_scale'] } })
    expect(names(offeredTools(catalogue, { loaded: named(true), viewOnly: false }))).toEqual(['k8s_get', 'k8s_scale'])
    expect(names(offeredTools(catalogue, { loaded: named(false), viewOnly: false }))).toEqual(['k8s_scale'])
    expect(names(offeredTools(catalogue, { loaded: named(true), viewOnly: true }))).toEqual(['k8s_get'])
  })

  it('the function that loads more, behind the others, with an index of what there is', () => {
    const tools = requestTools([get], { catalogue, viewOnly: false })
    expect(names(tools)).toEqual(['k8s_get', LOAD_TOOLSET])
    expect(tools[1]).toEqual({
      name: 'load_toolset',
      description: expect.stringMatching(
        /There are: k8s \(write\) scale; helm \(read\) list; helm \(write\) uninstall\.$/,
      ),
      inputSchema: {
        type: 'object',
        properties: {
          toolset: { type: 'string', enum: ['k8s', 'helm', 'argo', 'jenkins'] },
          include_write_tools: { type: 'boolean' },
          tools: { type: 'array', items: { type: 'string' } },
        },
        required: ['toolset', 'include_write_tools'],
        additionalProperties: false,
      },
    })
    const [, forViewer] = requestTools([get], { catalogue, viewOnly: true })
    expect(forViewer?.description).toMatch(/There are: helm \(read\) list\.$/)
  })
})

describe('load_toolset', () => {
  const load = (
    args: Record<string, unknown>,
    { loaded = { k8s: false }, viewOnly = false }: { loaded?: LoadedToolsets; viewOnly?: boolean } = {},
  ) => applyLoadToolset(args, { loaded, catalogue, viewOnly })

  it.each([true, 'true'])('loads a toolset with its writes (%j)', (flag) => {
    expect(load({ toolset: 'helm', include_write_tools: flag })).toEqual({
      loaded: { k8s: false, helm: true },
      answer: 'Toolset helm is loaded from the next turn on: helm_list, helm_uninstall.',
    })
  })

  it.each([false, 'false'])('loads what only looks (%j)', (flag) => {
    expect(load({ toolset: 'helm', include_write_tools: flag })).toEqual({
      loaded: { k8s: false, helm: false },
      answer: 'Toolset helm is loaded from the next turn on: helm_list.',
    })
  })

  it('takes the tools of another server for a toolset of its name, and says why one has none', () => {
    const others = [
      ...catalogue,
      aTool({ name: 'metrics__query', toolset: 'metrics', server: 'metrics' }),
      aTool({ name: 'tickets__', toolset: 'tickets', server: 'tickets', unavailable: 'It does not answer.' }),
    ]
    const [, loader] = requestTools([get], { catalogue: others, viewOnly: false })
    expect(loader?.description).toMatch(/; metrics \(read\) query\.$/)
    expect(loader?.inputSchema).toMatchObject({
      properties: { toolset: { enum: ['k8s', 'helm', 'argo', 'jenkins', 'metrics', 'tickets'] } },
    })
    const loadOf = (args: Record<string, unknown>) =>
      applyLoadToolset({ include_write_tools: false, ...args }, { loaded: {}, catalogue: others, viewOnly: false })
    expect(loadOf({ toolset: 'metrics', tools: ['query'] })).toEqual({
      loaded: { metrics: { reads: false, tools: ['metrics__query'] } },
      answer: 'Of toolset metrics there are from the next turn on: metrics__query.',
    })
    expect(loadOf({ toolset: 'tickets' }).answer).toBe('It does not answer.')
  })

  it.each([
    ['with its whole name', 'k8s_scale'],
    ['without the prefix', 'scale'],
  ])('loads only what is named, %s, and keeps what was there', (_how, name) => {
    expect(load({ toolset: 'k8s', include_write_tools: true, tools: [name] })).toEqual({
      loaded: { k8s: { reads: true, tools: ['k8s_scale'] } },
      answer: 'Of toolset k8s there are from the next turn on: k8s_scale.',
    })
    const helm = load({ toolset: 'helm', include_write_tools: true, tools: ['uninstall'] }).loaded
    expect(helm).toEqual({ k8s: false, helm: { reads: false, tools: ['helm_uninstall'] } })
    expect(load({ toolset: 'helm', include_write_tools: false, tools: ['list'] }, { loaded: helm }).loaded).toEqual({
      k8s: false,
      helm: { reads: false, tools: ['helm_uninstall', 'helm_list'] },
    })
    expect(load({ toolset: 'helm', include_write_tools: false }, { loaded: helm }).loaded.helm).toEqual({
      reads: true,
      tools: ['helm_uninstall'],
    })
    expect(load({ toolset: 'helm', include_write_tools: true }, { loaded: helm }).loaded.helm).toBe(true)
  })

  it('leaves a named write out where none may be loaded, and says so', () => {
    const tools = ['helm_list', 'helm_uninstall']
    expect(load({ toolset: 'helm', include_write_tools: false, tools })).toEqual({
      loaded: { k8s: false, helm: { reads: false, tools: ['helm_list'] } },
      answer:
        'Of toolset helm there are from the next turn on: helm_list. Write tools were left out: include_write_tools is false.',
    })
    const forViewer = load({ toolset: 'helm', include_write_tools: true, tools: ['uninstall'] }, { viewOnly: true })
    expect(forViewer.answer).toBe(
      'Nothing more of toolset helm is loaded. Write tools were left out: this user may only look.',
    )
    expect(names(offeredTools(catalogue, { loaded: forViewer.loaded, viewOnly: true }))).toEqual(['k8s_get'])
  })

  it.each<[tools: unknown, why: string]>([
    ['helm_list', 'tools must be a list of names.'],
    [['helm_lits'], '"helm_lits" is no tool of helm. Its tools: helm_list, helm_uninstall.'],
    [['k8s_get'], '"k8s_get" is no tool of helm. Its tools: helm_list, helm_uninstall.'],
    [[7], '7 is no tool of helm. Its tools: helm_list, helm_uninstall.'],
  ])('loads nothing for tools %j', (tools, why) => {
    expect(load({ toolset: 'helm', include_write_tools: true, tools })).toEqual({
      loaded: { k8s: false },
      answer: `Nothing was loaded: ${why}`,
    })
  })

  it('takes an empty list for none', () => {
    expect(load({ toolset: 'helm', include_write_tools: false, tools: [] }).loaded).toEqual({ k8s: false, helm: false })
  })

  it('never takes writes back', () => {
    expect(load({ toolset: 'k8s', include_write_tools: false }, { loaded: { k8s: true } }).loaded).toEqual({
      k8s: true,
    })
  })

  it('gives no writes to who may only look, and says so', () => {
    expect(load({ toolset: 'helm', include_write_tools: true }, { viewOnly: true })).toEqual({
      loaded: { k8s: false, helm: false },
      answer:
        'Toolset helm is loaded from the next turn on: helm_list. Write tools were left out: this user may only look.',
    })
    expect(load({ toolset: 'helm', include_write_tools: false }, { viewOnly: true }).answer).not.toContain('left out')
  })

  it('says that a toolset has no tools here', () => {
    expect(load({ toolset: 'jenkins', include_write_tools: true })).toEqual({
      loaded: { k8s: false, jenkins: true },
      answer: 'Toolset jenkins has no tools on this installation.',
    })
  })

  it.each(['docker', 7, undefined, '', 'toString'])('loads nothing for toolset %j', (toolset) => {
    expect(load({ toolset, include_write_tools: true })).toEqual({
      loaded: { k8s: false },
      answer: 'Nothing was loaded: toolset must be one of k8s, helm, argo, jenkins.',
    })
  })

  it.each(['yes', 1, undefined, null, 'toString', ['true']])('loads nothing for include_write_tools %j', (flag) => {
    expect(load({ toolset: 'helm', include_write_tools: flag })).toEqual({
      loaded: { k8s: false },
      answer: 'Nothing was loaded: include_write_tools must be true or false.',
    })
  })
})
