import { describe, expect, it } from 'vitest'
import { aTool, aWriteTool } from './catalogue.fixture.ts'
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

  it('the function that loads more, behind the others', () => {
    const tools = requestTools([get])
    expect(names(tools)).toEqual(['k8s_get', LOAD_TOOLSET])
    expect(tools[1]).toEqual({
      name: 'load_toolset',
      description: 'Load more tools. They can be used from the next turn on. Ask for write tools before a change.',
      inputSchema: {
        type: 'object',
        properties: {
          toolset: { type: 'string', enum: ['k8s', 'helm', 'argo', 'jenkins'] },
          include_write_tools: { type: 'boolean' },
        },
        required: ['toolset', 'include_write_tools'],
        additionalProperties: false,
      },
    })
  })
})

describe('load_toolset', () => {
  const load = (args: Record<string, unknown>, { loaded = { k8s: false }, viewOnly = false } = {}) =>
    applyLoadToolset(args, { loaded, catalogue, viewOnly })

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
