import { toolsets } from '@fairlead/contract/tool/tool-meta'
import type { ModelTool } from './model.ts'
import { offeredSchema } from './offered-schema.ts'
import type { LoadedToolsets } from './position.ts'
import { type CatalogueTool, isReadTool } from './tool-offer.ts'

/** The engine's own function: always offered, never sent to a tool server, needs no approval. */
export const LOAD_TOOLSET = 'load_toolset'

const loadToolset: ModelTool = {
  name: LOAD_TOOLSET,
  description: 'Load more tools. They can be used from the next turn on. Ask for write tools before a change.',
  inputSchema: {
    type: 'object',
    properties: {
      toolset: { type: 'string', enum: [...toolsets] },
      include_write_tools: { type: 'boolean' },
    },
    required: ['toolset', 'include_write_tools'],
    additionalProperties: false,
  },
}

/** The tools that a turn offers: looking ones of each loaded toolset, all once its writes were allowed. */
export function offeredTools(
  catalogue: readonly CatalogueTool[],
  options: { loaded: LoadedToolsets; viewOnly: boolean },
): CatalogueTool[] {
  return catalogue.filter((tool) => {
    if (tool.toolset === undefined || !Object.hasOwn(options.loaded, tool.toolset)) return false
    return isReadTool(tool) || (options.loaded[tool.toolset] === true && !options.viewOnly)
  })
}

/** The functions of a request. */
export function requestTools(offered: readonly CatalogueTool[]): ModelTool[] {
  const tools = offered.map((tool) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: offeredSchema(tool),
  }))
  return [...tools, loadToolset]
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
  const toolset = toolsets.find((known) => known === args.toolset)
  if (toolset === undefined) {
    return { loaded, answer: `Nothing was loaded: toolset must be one of ${toolsets.join(', ')}.` }
  }
  const write = flags.get(args.include_write_tools)
  if (write === undefined) {
    return { loaded, answer: 'Nothing was loaded: include_write_tools must be true or false.' }
  }
  const next = { ...loaded, [toolset]: (write && !viewOnly) || loaded[toolset] === true }
  const names = offeredTools(catalogue, { loaded: next, viewOnly })
    .filter((tool) => tool.toolset === toolset)
    .map(({ name }) => name)
  if (names.length === 0) return { loaded: next, answer: `Toolset ${toolset} has no tools on this installation.` }
  const kept = write && viewOnly ? ' Write tools were left out: this user may only look.' : ''
  return { loaded: next, answer: `Toolset ${toolset} is loaded from the next turn on: ${names.join(', ')}.${kept}` }
}
