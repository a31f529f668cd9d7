import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { Logger } from '@fairlead/service-kit/logger'
import type { Strength } from '@fairlead/service-kit/redaction/strength'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import { answerWrite, type GateDependencies } from '../gate/answer-write.ts'
import { type CallPurpose, callPurpose, requirePlainRead } from '../gate/call-purpose.ts'
import { isConfirmationRequest } from '../gate/confirm/confirm.ts'
import type { Identity } from '../gate/grant/identity.ts'
import { createHelmClient, type HelmClient, type HelmProgram } from '../helm-cli/helm-client.ts'
import { createHelmTarget } from '../helm-cli/helm-target.ts'
import { helmState } from '../helm-cli/helm-version.ts'
import { isTooDeep } from '../input/nesting.ts'
import type { createCredentialReader, JenkinsAddress } from '../jenkins-http/credentials.ts'
import { connectJenkins, type JenkinsConnection } from '../jenkins-http/jenkins-connection.ts'
import { createJenkinsTarget } from '../jenkins-http/jenkins-target.ts'
import type { Caller } from '../kube/caller.ts'
import type { Access, Clusters } from '../kube/clusters.ts'
import { createKube } from '../kube/create-kube.ts'
import type { Kube } from '../kube/kube.ts'
import type { KubeContext } from '../kube/kube-context.ts'
import type { NamespaceScope } from '../kube/namespace-scope.ts'
import type { Forwards } from '../kube/pod-streams/forward-ports.ts'
import { createKubeTarget } from '../kube/target/kube-target.ts'
import type { WorkloadRules } from '../kube/workloads/workload-rules.ts'
import { redactText } from '../output/redact.ts'
import type { TargetSystem } from '../target/target-system.ts'
import { asToolError, type ReadTool, type TargetName, type Tool, type WriteTool } from '../tool/define-tool.ts'
import { interrupted } from '../tool/interrupted.ts'
import { timeLimit } from '../tool/time-limit.ts'
import type { ToolSettings } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { CallAnswerer, CallRequest } from './call-request.ts'
import type { Admission } from './concurrency.ts'
import { type LogFields, logCall } from './log-call.ts'

/** A tool of any family, with all that the tools of any family see. */
export type CallableTool = Tool<CallContext>

/** What the tools of all families see together. */
export type CallContext = KubeContext & { helm: HelmClient } & Pick<ConnectedJenkins, 'jenkins'>

/** As a target system has it: it can write, too. */
type ConnectedJenkins = { jenkins(address: JenkinsAddress, mark?: string): Promise<JenkinsConnection> }

export type CallDependencies = GateDependencies & {
  tools: ReadonlyMap<string, CallableTool>
  actsAs: Caller['as']
  clusters: Clusters
  settings: ToolSettings
  scope: NamespaceScope
  /** How long one write waits for its answer before its outcome counts as unknown. */
  writeTimeoutMs: number
  /** Undefined where callers are on other machines. */
  forwards: Forwards | undefined
  /** How workloads are verified that are not Kubernetes' own. */
  workloads: readonly WorkloadRules[]
  helm: HelmProgram
  readCredentials: ReturnType<typeof createCredentialReader>
  admit: Admission
  /** To the threads in which long texts are read. */
  admitReading: Admission
  log: Logger
  /** Ends with the process. */
  stopping: AbortSignal
}

/** A verification reads for at most so long beside its waiting. */
const VERIFY_SECONDS = 30

const PREVIEW_SECONDS = 30

/** Runs calls. Never rejects: every failure is an answer, and every call one line of the log. */
export function createCallAnswerer(deps: CallDependencies): CallAnswerer {
  return async (received) => {
    const started = performance.now()
    const logFields: LogFields = {}
    const isDeep = isTooDeep(received.args)
    const request = isDeep ? { ...received, args: {} } : received
    let answer: ToolAnswer | InputRequiredResult
    try {
      if (isDeep) throw new ToolError('InvalidArgument', 'the arguments are nested too deeply: no parameter is.')
      answer = await answerCall({ request, logFields, deps })
    } catch (error) {
      answer = failureOf(asToolError(error), { tool: request.name, purpose: logFields.purpose, log: deps.log })
    }
    // Of a call that failed nobody knows whether what it showed last was whole.
    await request.live.end({ isCut: answer.error === true })
    request.trace?.learn(logFields)
    logCall(deps.log, { ...logFields, request, answer, ms: performance.now() - started })
    return answer
  }
}

type Answering = { request: CallRequest; logFields: LogFields; deps: CallDependencies }
type Attributed = Answering & {
  /** Of the cluster that the call is for. */
  access: Access
  identity: Identity | undefined
  caller: Caller
  countedAs: string
}

async function answerCall(answering: Answering): Promise<ToolAnswer | InputRequiredResult> {
  const { request, logFields, deps } = answering
  const tool = deps.tools.get(request.name)
  if (tool === undefined) throw unknownTool(request.name)
  if (tool.changes === 'nothing') {
    logFields.purpose = 'read'
    requirePlainRead(tool, request.meta)
    return answerRead(tool, await attributed(tool, answering))
  }
  const purpose = callPurpose(request.args, request.meta)
  logFields.purpose = purpose.kind
  return answerWriteCall(tool, purpose, await attributed(tool, answering))
}

async function attributed({ inputSchema }: Tool, answering: Answering): Promise<Attributed> {
  const { request, logFields, deps } = answering
  const takesContext = Object.hasOwn(inputSchema.properties, 'context')
  const access = takesContext ? deps.clusters.choose(request.args.context) : deps.clusters.default
  logFields.cluster = access.cluster.name
  const identity = await identityOf(request, deps)
  logFields.user = identity?.sub
  const countedAs = identity?.sub ?? request.peer
  return { ...answering, access, identity, caller: callerOf(identity, request, deps), countedAs }
}

async function answerRead(tool: ReadTool<CallContext>, attributed: Attributed): Promise<ToolAnswer> {
  const { request, deps } = attributed
  const call = tool.parse(request.args)
  return withinLimits(call.seconds, attributed, async (signal) => {
    const context = contextOf(signal, attributed, deps.scope)
    const { warnings = [], error = false, ...result } = await call.run({ ...context, pins: {} })
    const said = { ...result, error, ...(warnings.length > 0 && { warnings: [...warnings] }) }
    const strength = deps.settings.revealSecrets ? 'written' : 'read'
    return finished(said, { context, strength, warnings: context.kube.warnings })
  })
}

async function answerWriteCall(tool: WriteTool<CallContext>, requested: CallPurpose, attributed: Attributed) {
  const { request, logFields, deps, identity, countedAs } = attributed
  const call = tool.parse(request.args)
  const isUngatedRead = requested.kind === 'ungranted' && call.isReadOnly && deps.settings.execReadAllowlist
  const purpose: CallPurpose = isUngatedRead ? { kind: 'read' } : requested
  logFields.purpose = purpose.kind
  const seconds = secondsOf(purpose, call.seconds)
  return withinLimits(seconds, attributed, async (signal) => {
    const context = contextOf(signal, attributed, tool.mayWriteCredentials ? withCredentials(deps.scope) : deps.scope)
    const warnings = new Set<string>()
    const writeCall = {
      tool,
      args: request.args,
      isReadOnly: call.isReadOnly,
      plan: (pins: KubeContext['pins']) => call.plan({ ...context, pins }),
      target: openTarget[tool.target](tool, context, attributed),
      context,
    }
    const answer = await answerWrite(
      {
        writeCall,
        purpose,
        identity,
        countedAs,
        host: request.host,
        warn: (warning) => warnings.add(warning),
        known: (ids) => Object.assign(logFields, ids),
      },
      deps,
    )
    if (isConfirmationRequest(answer)) return answer
    return finished(answer, { context, strength: 'written', warnings: [...context.kube.warnings, ...warnings] })
  })
}

type OpenTarget = (tool: WriteTool, context: Omit<CallContext, 'pins'>, attributed: Attributed) => TargetSystem

const openKube = (
  { mayWriteCredentials }: WriteTool,
  context: Omit<CallContext, 'pins'>,
  { access: { cluster }, caller, deps }: Attributed,
) => {
  const { writeTimeoutMs, forwards, workloads } = deps
  return createKubeTarget({ cluster, caller, context, mayWriteCredentials, writeTimeoutMs, forwards, workloads })
}

/** How a call reaches each target system. */
const openTarget: Readonly<Record<TargetName, OpenTarget>> = {
  kube: openKube,
  helm: (tool, context, attributed) =>
    createHelmTarget({
      cluster: attributed.access.cluster,
      kubeTarget: openKube(tool, context, attributed),
      helm: context.helm,
      context,
    }),
  jenkins: (_, context) => createJenkinsTarget(context.jenkins),
}

/** What is written there is the tool's own rule; reading for it must be possible. */
function withCredentials({ allowed, hidden, denied }: NamespaceScope): NamespaceScope {
  return { allowed, hidden: undefined, denied, open: hidden }
}

/** A tool's own limit counts the waiting after its write, which only an execution does. */
function secondsOf(purpose: CallPurpose, whole: number): number {
  if (purpose.kind === 'verify') return purpose.request.wait_seconds + VERIFY_SECONDS
  return purpose.kind === 'preview' ? Math.min(whole, PREVIEW_SECONDS) : whole
}

/**
 * The text masks, on the output and on what each object failed with, and what the API server warned of: in `warnings`,
 * and as lines at the end of the output.
 */
function finished(
  answer: ToolAnswer,
  {
    context,
    strength,
    warnings,
  }: { context: Pick<CallContext, 'kube'>; strength: Strength; warnings: readonly string[] },
): ToolAnswer {
  const masked = [...new Set(warnings)].map((warning) => redactText(warning))
  const lines = masked.map((warning) => `\nWarning: ${warning}`).join('')
  const all = [...(answer.warnings ?? []), ...masked]
  return {
    ...answer,
    output: redactText(answer.output, strength) + lines,
    ...(answer.objects !== undefined && { objects: answer.objects.map(withMaskedError) }),
    cluster: context.kube.cluster,
    ...(all.length > 0 && { warnings: all }),
  }
}

function withMaskedError(object: ObjectOutcome): ObjectOutcome {
  return object.error === undefined ? object : { ...object, error: redactText(object.error) }
}

async function withinLimits<T>(
  seconds: number,
  { countedAs, request, deps }: Attributed,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const release = await deps.admit(countedAs, request.signal)
  using limit = timeLimit(seconds * 1000, [request.signal, deps.stopping])
  try {
    return await run(limit.signal)
  } catch (error) {
    // A tool may fail in its own way when it is aborted; what counts is why it was.
    if (limit.signal.aborted && !(error instanceof ToolError)) throw interrupted(limit.signal)
    throw error
  } finally {
    release()
  }
}

function contextOf(
  signal: AbortSignal,
  { access, caller, countedAs, request, deps: { clusters, settings, helm, readCredentials, admitReading } }: Attributed,
  scope: NamespaceScope,
): Omit<CallContext, 'pins'> {
  const kubeOf = ({ cluster, discovery }: Access): Kube =>
    createKube({ cluster, discovery, caller, signal, fieldManager: settings.fieldManager, scope })
  const kube = kubeOf(access)
  return {
    kube,
    jenkins: async (address, mark) => connectJenkins(await readCredentials(address), { signal, mark }),
    helm: createHelmClient({ program: helm, cluster: access.cluster, caller, kube, scope, signal }),
    clusters: clusters.all.map((each) => ({
      name: each.cluster.name,
      server: each.cluster.server,
      isDefault: each === clusters.default,
      kube: () => kubeOf(each),
    })),
    helmState: async () => (await helmState(() => helm.version(signal))).text,
    settings,
    defaultNamespace: access.defaultNamespace,
    signal,
    now: () => new Date(),
    readingTurn: () => admitReading(countedAs, signal),
    progress: (stream, text) => request.live.write(stream, text),
  }
}

/** An identity that is there must hold; one that is missing matters only to who acts by it. */
async function identityOf({ meta }: CallRequest, deps: CallDependencies): Promise<Identity | undefined> {
  const token = meta['dev.fairlead/identity']
  if (token !== undefined && deps.readIdentity !== undefined) return deps.readIdentity(token)
  if (deps.actsAs === 'impersonate') {
    throw new ToolError(
      'Refused',
      'this server acts as the user of each call (MCP_IDENTITY=impersonate), and this one says no user.',
    )
  }
  return undefined
}

function callerOf(identity: Identity | undefined, { token }: CallRequest, { actsAs }: CallDependencies): Caller {
  if (actsAs === 'server') return { as: 'server' }
  if (actsAs === 'impersonate' && identity !== undefined) {
    return { as: 'impersonate', user: identity.sub, groups: identity.groups }
  }
  if (actsAs === 'passthrough' && token !== undefined) return { as: 'passthrough', token }
  throw new ToolError('Unauthorized', 'the call carries nothing that says as whom to act.')
}

function unknownTool(name: string): ToolError {
  return new ToolError('NotFound', `there is no tool ${JSON.stringify(name.slice(0, 80))} here.`)
}

/**
 * What is thrown and is no ToolError is a bug: it is logged whole, and the answer has no word of it. Of an execution a
 * ToolError says that nothing was written; after a bug nobody can say.
 */
function failureOf(
  error: unknown,
  { tool, purpose, log }: { tool: string; purpose: LogFields['purpose']; log: Logger },
): ToolAnswer {
  const isExecution = purpose === 'execute' || purpose === 'ungranted'
  if (error instanceof ToolError) {
    const { code, hint, data } = error
    return {
      output: redactText(hint === undefined ? error.text : `${error.text} ${hint}`),
      error: true,
      code,
      ...(hint !== undefined && { hint }),
      ...(data !== undefined && { data }),
      ...(isExecution && { outcome: 'failed', objects: [] }),
    }
  }
  log.error({ err: error, tool }, 'a call failed for a reason that no rule foresees')
  return {
    output: `Internal: ${tool} failed for a reason of its own; the log of the server has it.`,
    error: true,
    code: 'Internal',
    ...(isExecution && { outcome: 'unknown', objects: [] }),
  }
}
