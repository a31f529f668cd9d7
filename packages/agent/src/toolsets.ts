import { toolsets } from '@fairlead/contract/tool/tool-meta'
import type { ModelTool } from './model.ts'
import { offeredSchema } from './offered-schema.ts'
import type { LoadedToolset, LoadedToolsets } from './position.ts'
import { type CatalogueTool, isReadTool } from './tool-offer.ts'

/** The engine's own function: always offered, never sent to a tool server, needs no approval. */
export const LOAD_TOOLSET = 'load_toolset'

/** What to do with a toolset; the index of names says what there is to load. */
function loadToolset({ index, names }: { index: string; names: readonly string[] }): ModelTool {
  return {
    name: LOAD_TOOLSET,
    description: `Load more tools, for the next turn on. Name in tools only what is needed; without it all of a toolset comes. Ask for write tools before a change. There are: ${index}`,
    inputSchema: {
      type: 'object',
      properties: {
        toolset: { type: 'string', enum: [...names] },
        include_write_tools: { type: 'boolean' },
        tools: { type: 'array', items: { type: 'string' } },
      },
      required: ['toolset', 'include_write_tools'],
      additionalProperties: false,
    },
  }
}

/** The tools that a turn offers: what is loaded of each toolset, and no write to who may only look. */
export function offeredTools(
  catalogue: readonly CatalogueTool[],
  options: { loaded: LoadedToolsets; viewOnly: boolean },
): CatalogueTool[] {
  return catalogue.filter((tool) => {
    if (tool.unavailable !== undefined || tool.toolset === undefined) return false
    if (!Object.hasOwn(options.loaded, tool.toolset)) return false
    if (!isReadTool(tool) && options.viewOnly) return false
    return isLoaded(tool, options.loaded[tool.toolset])
  })
}

function isLoaded(tool: CatalogueTool, loaded: LoadedToolset | undefined): boolean {
  if (loaded === undefined) return false
  if (typeof loaded === 'boolean') return loaded || isReadTool(tool)
  return loaded.tools.includes(tool.name) || (loaded.reads && isReadTool(tool))
}

/** The functions of a request. */
export function requestTools(
  offered: readonly CatalogueTool[],
  { catalogue, viewOnly }: { catalogue: readonly CatalogueTool[]; viewOnly: boolean },
): ModelTool[] {
  const tools = offered.map((tool) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: offeredSchema(tool),
  }))
  return [...tools, loadToolset({ index: indexOf(catalogue, viewOnly), names: toolsetsIn(catalogue) })]
}

/**
 * What can be loaded, by toolset, without its prefix: `helm (read) list_releases, status; helm (write) upgrade`. The same
 * throughout a conversation, so that providers can cache it.
 */
function indexOf(catalogue: readonly CatalogueTool[], viewOnly: boolean): string {
  const parts = toolsetsIn(catalogue).flatMap((toolset) => {
    const own = availableOf(catalogue, toolset)
    const kinds = [
      // Those of Kubernetes are there from the start.
      ...(toolset === 'k8s' ? [] : [{ kind: 'read', tools: own.filter(isReadTool) }]),
      ...(viewOnly ? [] : [{ kind: 'write', tools: own.filter((tool) => !isReadTool(tool)) }]),
    ]
    return kinds
      .filter(({ tools }) => tools.length > 0)
      .map(({ kind, tools }) => `${toolset} (${kind}) ${tools.map(({ name }) => shortName(name, toolset)).join(', ')}`)
  })
  return `${parts.join('; ')}.`
}

/** Those of the release, then those of other servers, each of which has one. */
function toolsetsIn(catalogue: readonly CatalogueTool[]): string[] {
  const others = catalogue.flatMap(({ toolset }) => toolset ?? []).filter((name) => !isOfRelease(name))
  return [...toolsets, ...new Set(others)]
}

function isOfRelease(name: string): boolean {
  return toolsets.some((toolset) => toolset === name)
}

function shortName(name: string, toolset: string): string {
  const prefix = isOfRelease(toolset) ? `${toolset}_` : `${toolset}__`
  return name.startsWith(prefix) ? name.slice(prefix.length) : name
}

/** Models write a truth value as text, too. */
const flags: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
])

/** What a call of `load_toolset` changes, and the sentence that answers it. Write is never taken back. */
export function applyLoadToolset(
  args: Readonly<Record<string, unknown>>,
  options: { loaded: LoadedToolsets; catalogue: readonly CatalogueTool[]; viewOnly: boolean },
): { loaded: LoadedToolsets; answer: string } {
  const { loaded, catalogue, viewOnly } = options
  const known = toolsetsIn(catalogue)
  const toolset = known.find((name) => name === args.toolset)
  if (toolset === undefined) {
    return { loaded, answer: `Nothing was loaded: toolset must be one of ${known.join(', ')}.` }
  }
  const write = flags.get(args.include_write_tools)
  if (write === undefined) {
    return { loaded, answer: 'Nothing was loaded: include_write_tools must be true or false.' }
  }
  const own = availableOf(catalogue, toolset)
  const named = namedTools(args.tools, own, toolset)
  if ('problem' in named) return { loaded, answer: `Nothing was loaded: ${named.problem}` }
  const wanted = named.tools?.filter((tool) => write || isReadTool(tool))
  const before = Object.hasOwn(loaded, toolset) ? loaded[toolset] : undefined
  const next = { ...loaded, [toolset]: loadedWith(before, { write: write && !viewOnly, wanted }) }
  const isNamed = (name: string) => wanted === undefined || wanted.some((tool) => tool.name === name)
  const names = offeredTools(own, { loaded: next, viewOnly })
    .map(({ name }) => name)
    .filter(isNamed)
  const leftOut = named.tools !== undefined && !write && named.tools.some((tool) => !isReadTool(tool))
  const kept = [
    ...(write && viewOnly ? [' Write tools were left out: this user may only look.'] : []),
    ...(leftOut ? [' Write tools were left out: include_write_tools is false.'] : []),
  ].join('')
  if (own.length === 0) return { loaded: next, answer: whyEmpty(catalogue, toolset) }
  if (names.length === 0) return { loaded: next, answer: `Nothing more of toolset ${toolset} is loaded.${kept}` }
  const what = wanted === undefined ? `Toolset ${toolset} is` : `Of toolset ${toolset} there are`
  const more = wanted === undefined ? 'loaded from the next turn on' : 'from the next turn on'
  return { loaded: next, answer: `${what} ${more}: ${names.join(', ')}.${kept}` }
}

function availableOf(catalogue: readonly CatalogueTool[], toolset: string): CatalogueTool[] {
  return catalogue.filter((tool) => tool.toolset === toolset && tool.unavailable === undefined)
}

function whyEmpty(catalogue: readonly CatalogueTool[], toolset: string): string {
  const found = catalogue.find((tool) => tool.toolset === toolset && tool.unavailable !== undefined)
  return found?.unavailable ?? `Toolset ${toolset} has no tools on this installation.`
}

/** Tools by their names, with or without the prefix. Undefined: all are meant. */
function namedTools(
  value: unknown,
  own: readonly CatalogueTool[],
  toolset: string,
): { tools: readonly CatalogueTool[] | undefined } | { problem: string } {
  if (value === undefined || value === null) return { tools: undefined }
  if (!Array.isArray(value)) return { problem: 'tools must be a list of names.' }
  if (value.length === 0) return { tools: undefined }
  const found = value.map((name) => own.find((tool) => tool.name === name || shortName(tool.name, toolset) === name))
  const unknown = value.find((_, index) => found[index] === undefined)
  if (unknown === undefined) return { tools: found.flatMap((tool) => tool ?? []) }
  const known = own.map(({ name }) => name).join(', ') || 'none'
  return { problem: `${JSON.stringify(unknown).slice(0, 80)} is no tool of ${toolset}. Its tools: ${known}.` }
}

/** Nothing that was loaded is taken back. */
function loadedWith(
  before: LoadedToolset | undefined,
  { write, wanted }: { write: boolean; wanted: readonly CatalogueTool[] | undefined },
): LoadedToolset {
  if (before === true || (wanted === undefined && write)) return true
  const known = typeof before === 'object' ? before.tools : []
  const tools = [...new Set([...known, ...(wanted ?? []).map(({ name }) => name)])]
  const reads = before === false || (typeof before === 'object' && before.reads) || wanted === undefined
  return reads && tools.length === 0 ? false : { reads, tools }
}
