import type { CallClass } from '@fairlead/contract/call/call'
import { isReadOnly } from '@fairlead/contract/tool/exec-allow-list'
import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'
import { argumentProblems } from './check-arguments.ts'
import { type CatalogueTool, isReadTool } from './tool-offer.ts'

type Classified = Pick<CatalogueTool, 'name' | 'inputSchema' | 'annotations' | 'pinned'>

/**
 * Whether a call waits for a person. `read` only when the tool is pinned, says that it only reads, and the arguments
 * fit its schema; two exceptions for pinned tools of the release: a dry run, and an exec that is on the allow-list.
 * @param tool undefined for a tool that nobody offers
 * @param options `isOfRelease`: the tool's digest stands in the release's own table; `execReadAllowList`: the setting
 */
export function classOf(
  tool: Classified | undefined,
  args: Readonly<Record<string, unknown>>,
  options: { isOfRelease: boolean; execReadAllowList: boolean },
): CallClass {
  if (tool === undefined || !tool.pinned) return 'write'
  if (argumentProblems(tool.inputSchema, args).length > 0) return 'write'
  if (isReadTool(tool)) return 'read'
  if (!options.isOfRelease) return 'write'
  if (args.dry_run === true && hasParameter(tool.inputSchema, 'dry_run')) return 'read'
  if (tool.name === 'k8s_exec' && options.execReadAllowList && isReadOnlyExec(args)) return 'read'
  return 'write'
}

function hasParameter(schema: JsonSchema, name: string): boolean {
  return Object.hasOwn((schema.properties ?? {}) as JsonSchema, name)
}

/** Only plain words are read: a command that a splitter would have to interpret waits for a person. */
const plainWords = /^[A-Za-z0-9._/@:+,=% -]+$/

function isReadOnlyExec({ argv, command }: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(argv) && argv.length > 0) {
    const words = argv.filter((word) => typeof word === 'string')
    const agrees = command === undefined || command === '' || command === words.join(' ')
    return agrees && words.length === argv.length && isReadOnly(words)
  }
  return typeof command === 'string' && plainWords.test(command) && isReadOnly(command.trim().split(/ +/))
}
