import type { ToolAnnotations } from '@fairlead/contract/tool/tool-meta'
import type { z } from 'zod'
import { InvalidInput } from '../input/invalid-input.ts'
import { type InputSchema, inputSchemaOf, optional } from '../input/parameter.ts'
import { bool, text } from '../input/reader.ts'
import type { Plan } from '../target/plan.ts'
import type { ToolContext } from './tool-context.ts'
import { ToolError } from './tool-error.ts'

/**
 * The result of a read. The text masks, API warnings and the envelope are added at the edge; values of Secrets and the
 * size limit are the tool's own business, since only it knows what its output is made of.
 */
export type ToolResult = {
  output: string
  data?: Record<string, unknown>
  hint?: string
  /** Our sentences only; names in them quoted. */
  warnings?: readonly string[]
  /** The namespace used, if one was. */
  namespace?: string
  truncated?: boolean
  total_items?: number
  returned_items?: number
  continue_token?: string
  /** A command that ran and failed, or a rollout that did: `output` is the answer, and it is an error all the same. */
  error?: boolean
}

/** How long a call may take before it ends with `Timeout`; 30 s when a tool says nothing. */
type TimeLimit<Args> = { seconds?: (args: Args) => number }

type Description<Shape extends z.ZodRawShape> = {
  /** `<toolset>_<verb>`, at most 32 characters. */
  name: string
  title: string
  /** One sentence for the model, then when to use another tool instead. */
  description: string
  /** Listed only where this group is named. Left out for a tool of its family's own group, which is on by default. */
  group?: ExtraGroup
  /** Behind the toolset. */
  tags?: readonly string[]
  idempotent?: boolean
  openWorld: boolean
  /** It is left out where that is not so: more than one cluster is configured, commands in pods are allowed. */
  needs?: 'several-clusters' | 'exec'
  /** Parameters in wire order, made by `required` and `optional`. `dry_run` of writes and `context` are added here. */
  input: z.ZodObject<Shape>
}

type ReadDescription<Shape extends z.ZodRawShape, Context extends ToolContext> = Description<Shape> &
  TimeLimit<z.output<z.ZodObject<Shape>>> & {
    changes: 'nothing'
    run(args: z.output<z.ZodObject<Shape>>, context: Context): Promise<ToolResult>
  }

type WriteDescription<Shape extends z.ZodRawShape, Context extends ToolContext> = Description<Shape> &
  TimeLimit<z.output<z.ZodObject<Shape>>> & {
    /**
     * `destroy` sets `destructiveHint`, `add` says that nothing is destroyed; a `write` leaves it unset, which by the
     * protocol's default means it may.
     */
    changes: 'add' | 'write' | 'destroy'
    /** The one function of a write: what it would do. Preview, execution and verification are made from it by the gate. */
    plan(args: z.output<z.ZodObject<Shape>>, context: Context): Promise<Plan>
    /**
     * It may write into the namespace of the integrations' credentials, and checks itself what it writes. For any other
     * tool that namespace is not there.
     */
    mayWriteCredentials?: boolean
    /** Whether these arguments change nothing, by the table that the engine has too: then the call needs no permit. */
    isReadOnly?(args: z.output<z.ZodObject<Shape>>): boolean
  }

/** Groups beside those that have a family's name. */
export type ExtraGroup = 'k8s-extra' | 'nodes' | 'helm-extra' | 'argo-extra' | 'argocd' | 'jenkins-extra'

type DefinedCommon = {
  readonly name: string
  readonly group: ExtraGroup | undefined
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly needs: 'several-clusters' | 'exec' | undefined
  readonly annotations: ToolAnnotations
  readonly inputSchema: InputSchema
}

export type Arguments = Readonly<Record<string, unknown>>

/** Target systems that there are. */
export type TargetName = 'kube' | 'helm' | 'jenkins'

/** A call whose arguments were accepted. */
export type ReadCall<Context extends ToolContext = ToolContext> = {
  seconds: number
  run(context: Context): Promise<ToolResult>
}
export type WriteCall<Context extends ToolContext = ToolContext> = {
  seconds: number
  isReadOnly: boolean
  plan(context: Context): Promise<Plan>
}

/** A tool as the server holds it. `parse` throws ToolError `InvalidArgument` and touches nothing. */
export type ReadTool<Context extends ToolContext = ToolContext> = DefinedCommon & {
  readonly changes: 'nothing'
  parse(args: Arguments): ReadCall<Context>
  /** The same where several clusters are configured: it takes `context` too, which the server reads, not the tool. */
  withContext(): ReadTool<Context>
}
export type WriteTool<Context extends ToolContext = ToolContext> = DefinedCommon & {
  readonly changes: 'add' | 'write' | 'destroy'
  /** What its plans are for. */
  readonly target: TargetName
  readonly mayWriteCredentials: boolean
  parse(args: Arguments): WriteCall<Context>
  withContext(): WriteTool<Context>
}
export type Tool<Context extends ToolContext = ToolContext> = ReadTool<Context> | WriteTool<Context>

const DEFAULT_SECONDS = 30

/** The one shape of a tool: hints, schema, gate and docs all derive from it. */
export type DefineTool<Context extends ToolContext> = {
  <Shape extends z.ZodRawShape>(description: ReadDescription<Shape, Context>): ReadTool<Context>
  <Shape extends z.ZodRawShape>(description: WriteDescription<Shape, Context>): WriteTool<Context>
}

/** What a family defines its tools with: what they see (`Context`), and the system that its writes are for. */
export function toolDefiner<Context extends ToolContext>(target: TargetName): DefineTool<Context> {
  function define<Shape extends z.ZodRawShape>(description: ReadDescription<Shape, Context>): ReadTool<Context>
  function define<Shape extends z.ZodRawShape>(description: WriteDescription<Shape, Context>): WriteTool<Context>
  function define<Shape extends z.ZodRawShape>(
    description: ReadDescription<Shape, Context> | WriteDescription<Shape, Context>,
  ): Tool<Context> {
    if (description.changes === 'nothing') return readTool(description, {})
    return writeTool(description, { target, added: { dry_run: dryRun } })
  }
  return define
}

function readTool<Shape extends z.ZodRawShape, Context extends ToolContext>(
  description: ReadDescription<Shape, Context>,
  added: z.ZodRawShape,
): ReadTool<Context> {
  const { common, parse } = partsOf(description, added)
  return {
    ...common,
    changes: 'nothing',
    parse(args) {
      const { parsed, seconds } = parse(args)
      return { seconds, run: (context) => description.run(parsed, context) }
    },
    withContext: () => readTool(description, { ...added, context: contextName }),
  }
}

function writeTool<Shape extends z.ZodRawShape, Context extends ToolContext>(
  description: WriteDescription<Shape, Context>,
  { target, added }: { target: TargetName; added: z.ZodRawShape },
): WriteTool<Context> {
  const { common, parse } = partsOf(description, added)
  return {
    ...common,
    changes: description.changes,
    target,
    mayWriteCredentials: description.mayWriteCredentials ?? false,
    parse(args) {
      const { parsed, seconds } = parse(args)
      const isReadOnly = description.isReadOnly?.(parsed) ?? false
      return { seconds, isReadOnly, plan: (context) => description.plan(parsed, context) }
    },
    withContext: () => writeTool(description, { target, added: { ...added, context: contextName } }),
  }
}

/** `added`: parameters that the server reads itself, behind the tool's own. */
function partsOf<Shape extends z.ZodRawShape, Context extends ToolContext>(
  description: ReadDescription<Shape, Context> | WriteDescription<Shape, Context>,
  added: z.ZodRawShape,
) {
  const { name, title, group, tags = [], needs, seconds } = description
  const input = description.input.extend(added)
  return {
    common: {
      name,
      title,
      description: description.description,
      group,
      tags: [toolsetOf(name), ...(group === undefined ? [] : [group]), ...tags],
      needs,
      annotations: annotationsOf(description),
      inputSchema: inputSchemaOf(input),
    },
    parse(args: Arguments) {
      const parsed = parseArguments(description.input, args, Object.keys(input.shape))
      return { parsed, seconds: seconds?.(parsed) ?? DEFAULT_SECONDS }
    },
  }
}

/** By the name's prefix; the one tool without any is of the first family. */
function toolsetOf(name: string): string {
  return name === 'wait_for_x_seconds' ? 'k8s' : name.slice(0, name.indexOf('_'))
}

const contextName = optional(
  'context',
  text((_, value) => value),
  null,
)
const dryRun = optional('dry_run', bool, false)

function annotationsOf({
  title,
  changes,
  idempotent,
  openWorld,
}: {
  title: string
  changes: 'nothing' | 'add' | 'write' | 'destroy'
  idempotent?: boolean
  openWorld: boolean
}): ToolAnnotations {
  return {
    title,
    readOnlyHint: changes === 'nothing',
    ...((changes === 'nothing' || changes === 'add') && { destructiveHint: false }),
    ...(changes === 'destroy' && { destructiveHint: true }),
    ...(idempotent !== undefined && { idempotentHint: idempotent }),
    openWorldHint: openWorld,
  }
}

function parseArguments<Shape extends z.ZodRawShape>(
  input: z.ZodObject<Shape>,
  args: Arguments,
  known: readonly string[],
): z.output<z.ZodObject<Shape>> {
  const unknown = Object.keys(args).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const list = known.length === 0 ? 'There are no parameters.' : `Known parameters: ${known.join(', ')}.`
    throw new ToolError('InvalidArgument', `${JSON.stringify(unknown.slice(0, 80))} is not a parameter. ${list}`)
  }
  const broken = Object.entries(args).find(([, value]) => !isUnicode(value))
  if (broken !== undefined) {
    throw new ToolError('InvalidArgument', `${broken[0]} is not valid Unicode: it has half of a surrogate pair.`)
  }
  const parsed = input.safeParse(args)
  if (parsed.success) return parsed.data
  throw new ToolError('InvalidArgument', parsed.error.issues[0]?.message ?? 'the arguments are not valid.')
}

/** Text that is not has no normal form, so no digest, and nothing to be approved. */
function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isUnicode(inner))
}

/** A broken rule that only shows once several parameters are seen together is thrown as InvalidInput by the tool. */
export function asToolError(error: unknown): unknown {
  return error instanceof InvalidInput ? new ToolError('InvalidArgument', error.message, { cause: error }) : error
}
