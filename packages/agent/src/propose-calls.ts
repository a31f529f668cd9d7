import type { ProposedCall } from './call.ts'
import { classOf } from './call-class.ts'
import { argumentProblems } from './check-arguments.ts'
import type { ModelCall } from './model.ts'
import type { LoadedToolsets } from './position.ts'
import type { CatalogueTool } from './tool-offer.ts'
import { applyLoadToolset, LOAD_TOOLSET, offeredTools } from './toolsets.ts'

/** The server of the release itself; only its pinned tools count as ours. */
export const BUILTIN_SERVER = 'builtin'

/** Of lists and objects in each other, the arguments themselves included. */
const MAX_LEVELS = 256

/**
 * Turns what the model wrote into calls: names looked up among the offered tools, arguments parsed and checked,
 * `load_toolset` answered on the spot. A call that cannot run carries its `fault`; nothing is repaired by guessing.
 */
export function proposeCalls(
  written: readonly ModelCall[],
  options: {
    catalogue: readonly CatalogueTool[]
    loaded: LoadedToolsets
    viewOnly: boolean
    execReadAllowList: boolean
  },
): { calls: ProposedCall[]; loaded: LoadedToolsets } {
  const offered = offeredTools(options.catalogue, options)
  let loaded = options.loaded
  const calls = written.map((call): ProposedCall => {
    const name = call.name.trim()
    const parsed = parseArguments(call.arguments)
    const args = parsed ?? {}
    if (name === LOAD_TOOLSET) {
      const applied = applyLoadToolset(args, { ...options, loaded })
      loaded = applied.loaded
      return engineCall(call.id, { args, answer: applied.answer })
    }
    const tool = offered.find((candidate) => candidate.name === name)
    return {
      provider_id: call.id,
      tool: name,
      // Of a tool that nobody offered there is only the name that the model wrote.
      title: tool?.title ?? name,
      annotations: tool?.annotations ?? {},
      server: tool?.server ?? BUILTIN_SERVER,
      tool_digest: tool?.digest,
      args,
      class: classOf(tool, args, {
        isOfRelease: tool?.server === BUILTIN_SERVER,
        execReadAllowList: options.execReadAllowList,
      }),
      fault: faultOf({ name, tool, parsed, offered, listed: options.catalogue.find((each) => each.name === name) }),
    }
  })
  return { calls, loaded }
}

function engineCall(
  providerId: string,
  { args, answer }: { args: Record<string, unknown>; answer: string },
): ProposedCall {
  return {
    provider_id: providerId,
    tool: LOAD_TOOLSET,
    title: '',
    annotations: {},
    server: 'engine',
    args,
    class: 'read',
    answer,
  }
}

/** The arguments as an object; undefined for anything else. Empty text is no arguments. */
function parseArguments(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && isRecordable(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Half a character, NUL, and a number that is read as Infinity stand in no record and have no digest, so nobody could
 * approve them. What is nested deeper than anything sent in earnest would stand in the record, and nobody could read it to
 * verify it.
 */
function isRecordable(value: unknown, levels = MAX_LEVELS): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  return Object.entries(value).every(([name, inner]) => isRecordable(name) && isRecordable(inner, levels - 1))
}

function faultOf(of: {
  name: string
  tool: CatalogueTool | undefined
  parsed: Record<string, unknown> | undefined
  offered: readonly CatalogueTool[]
  /** The tool of that name, offered or not. */
  listed: CatalogueTool | undefined
}): string | undefined {
  const { name, tool, parsed, offered, listed } = of
  if (listed?.unavailable !== undefined) return listed.unavailable
  if (tool === undefined) {
    const names = offered.map((candidate) => candidate.name).join(', ')
    return `Tool ${JSON.stringify(name.slice(0, 80))} is not offered in this turn. Offered are ${names || 'none'}; ${LOAD_TOOLSET} offers more.`
  }
  if (parsed === undefined)
    return `The arguments of ${name} are not a JSON object of valid Unicode text and finite numbers, nested at most ${MAX_LEVELS} levels deep. Repeat the call with complete arguments.`
  const problems = argumentProblems(tool.inputSchema, parsed)
  if (problems.length === 0) return undefined
  return `The arguments of ${name} do not fit: ${problems.join('; ')}.`
}
