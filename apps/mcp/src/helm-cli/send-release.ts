import { AnswerLost } from '../target/answer-lost.ts'
import type { ObjectSender, Sending } from '../target/target-system.ts'
import { ToolError } from '../tool/tool-error.ts'
import { grantedRule } from './forward-rules.ts'
import type { ClusterRun, HelmClient } from './helm-client.ts'
import { fetchError, helmError } from './helm-error.ts'
import type { HelmAct, HelmObjectPlan, ReleaseAct } from './helm-plan.ts'
import type { HelmTargetOptions } from './helm-target-options.ts'
import { judgeRecord } from './judge-record.ts'
import { isLiveAsPlanned } from './live-objects.ts'
import { type ObjectPlace, placeOfTarget } from './object-place.ts'
import { createQueues } from './queues.ts'
import { isPending, type ReleaseRecord } from './release-record.ts'
import type { RecordHead } from './release-records.ts'

type SenderOptions = Pick<HelmTargetOptions, 'helm' | 'context' | 'cluster'> & {
  userAgent: string
  requireTime: () => void
}

/** Writes to one release are made one after another within this process; across processes the record decides. */
const queues = createQueues()

/** Runs helm once for all objects of a plan, and says by the release's record what came of it. */
export function createHelmSender(options: SenderOptions): ObjectSender<HelmObjectPlan> {
  const sendTogether = async (objectPlans: readonly HelmObjectPlan[], { tries }: { tries: number }) => {
    const [first] = objectPlans
    if (first === undefined) return []
    const { act } = first
    const all = (sending: Sending): Sending[] => objectPlans.map(() => sending)
    if (act.what === 'repository') return all(await runRepository(act, tries, options))
    return queues.run(`${options.cluster.name}/${act.namespace}/${act.release}`, () =>
      runRelease(objectPlans, act, { ...options, tries }),
    )
  }
  return {
    sendTogether,
    async send(objectPlan, at) {
      const [sending] = await sendTogether([objectPlan], at)
      if (sending === undefined) throw new TypeError('An object without an outcome')
      return sending
    },
  }
}

async function runRepository(
  act: Extract<HelmAct, { what: 'repository' }>,
  tries: number,
  { helm, requireTime }: SenderOptions,
): Promise<Sending> {
  try {
    requireTime()
    const end = await helm.run(act)
    if (end.code === 0) return { outcome: 'succeeded', tries }
    return { outcome: 'failed', error: fetchError(end), mayPlanAgain: false, tries }
  } catch (error) {
    if (error instanceof ToolError) return { outcome: 'failed', error, mayPlanAgain: false, tries }
    throw error
  }
}

type Running = SenderOptions & { tries: number }

async function runRelease(
  objectPlans: readonly HelmObjectPlan[],
  act: ReleaseAct,
  { helm, context, userAgent, requireTime, tries }: Running,
): Promise<Sending[]> {
  const all = (sending: Sending): Sending[] => objectPlans.map(() => sending)
  const newest = await newestOf(act, helm)
  if ((newest?.revision ?? 0) !== act.revision) return all(overtaken(act, tries))
  const begunAt = Date.now()
  let judged: string | undefined
  let run: ClusterRun
  try {
    run = await helm.runInCluster(act, {
      rule: grantedRule({
        ...act,
        mayDelete: new Map(objectPlans.flatMap(deletedPlace)),
        judge: async (record) => {
          judged = await judgeRecord(record, act, context)
          return judged
        },
      }),
      userAgent,
      requireTime,
      progress: (stream, text) => context.progress(stream, text),
    })
  } catch (error) {
    if (error instanceof ToolError) return all({ outcome: 'failed', error, mayPlanAgain: false, tries })
    throw error
  }
  const { end, writes, refusal, permitError } = run
  // Where helm makes a revision it begins with its record: without it nothing of the chart was touched.
  const isBegun = writes.some(
    ({ status, isRecord }) => (isRecord || act.leaves !== 'revision') && (status === undefined || status < 400),
  )
  if (!isBegun) {
    const head = await newestOf(act, helm).catch(unlessBug)
    if (head !== 'unread' && (head?.revision ?? 0) !== act.revision) return all(overtaken(act, tries))
    const why = judged ?? refusal
    const error = why !== undefined ? refusedBy(why) : (permitError ?? helmError(end))
    return all({ outcome: 'failed', error, mayPlanAgain: false, tries })
  }
  try {
    return await outcomesBy(await newestOf(act, helm), { objectPlans, act, run, helm, context, tries, begunAt })
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    // Helm has written, and what came of it stands in a record that cannot be read: as when the call was cut off.
    const lost = new AnswerLost(`helm ${endWords(end.code)}, and its record could not be read (${error.message})`)
    return all({ outcome: 'unknown', lost, tries })
  }
}

function unlessBug(error: unknown): 'unread' {
  if (error instanceof ToolError) return 'unread'
  throw error
}

function deletedPlace({ action, target, ref }: HelmObjectPlan): [ObjectPlace, string | undefined][] {
  return action === 'delete' && target !== undefined ? [[placeOfTarget(target), ref.uid]] : []
}

function overtaken({ release, namespace, revision }: ReleaseAct, tries: number): Sending {
  const error = new ToolError('Conflict', `release ${release} in ${namespace} is no longer at revision ${revision}.`)
  return { outcome: 'stale', error, isUntouched: true, tries }
}

function refusedBy(why: string): ToolError {
  return new ToolError('Refused', `helm was stopped: ${why}.`, {
    hint: 'Nothing that was not approved is written. Preview it again.',
  })
}

async function newestOf({ release, namespace }: ReleaseAct, { records }: HelmClient): Promise<RecordHead | undefined> {
  const heads = await records.heads(namespace, release)
  return heads.toSorted((a, b) => b.revision - a.revision)[0]
}

type Outcomes = Pick<Running, 'helm' | 'context' | 'tries'> & {
  objectPlans: readonly HelmObjectPlan[]
  act: ReleaseAct
  run: ClusterRun
  /** Milliseconds since 1970: what the record says of a test before then is of another run. */
  begunAt: number
}

/** A text of helm alone is no proof: the record says whether it came to its end. */
async function outcomesBy(head: RecordHead | undefined, outcomes: Outcomes): Promise<Sending[]> {
  const { objectPlans, act, run, helm, context, tries } = outcomes
  const { end, refusal } = run
  const all = (sending: Sending): Sending[] => objectPlans.map(() => sending)
  const isUninstall = act.leaves === 'nothing'
  const record = head && (await readRecord(head, helm))
  if (act.leaves === 'tests') return objectPlans.map((objectPlan) => testOutcome(objectPlan, record, outcomes))
  if (isUninstall && end.code === 0 && (record === undefined || record.info.status === 'uninstalled'))
    return all({ outcome: 'succeeded', tries })
  if (record === undefined || record.version <= act.revision || isPending(record)) {
    const state = record === undefined ? 'no record of it is there' : `its record says ${record.info.status}`
    const lost = new AnswerLost(`helm ${endWords(end.code)}, and ${state} (revision ${record?.version ?? 'none'})`)
    return all({ outcome: 'unknown', lost, tries })
  }
  if (end.code === 0 && record.info.status === 'deployed' && record.version === act.makes[0])
    return all({ outcome: 'succeeded', tries })
  const why = refusal === undefined ? helmError(end) : refusedBy(refusal)
  const live = await Promise.all(objectPlans.map((objectPlan) => isLiveAsPlanned(objectPlan, context)))
  return live.map(
    (isLive): Sending =>
      isLive ? { outcome: 'succeeded', tries } : { outcome: 'failed', error: why, mayPlanAgain: false, tries },
  )
}

/** How a hook of the tests ended, by the record. Those behind one that failed are not begun. */
function testOutcome(
  { ref, act }: HelmObjectPlan,
  record: ReleaseRecord | undefined,
  { run, begunAt, tries }: Outcomes,
): Sending {
  const { end, refusal } = run
  const isSame = record !== undefined && act.what === 'release' && record.version === act.revision
  const hook = isSame ? record.hooks?.find(({ name, kind }) => name === ref.name && kind === ref.kind) : undefined
  const { phase, started_at } = hook?.last_run ?? {}
  const isBegun = started_at !== undefined && Date.parse(started_at) >= begunAt
  if (isBegun && phase === 'Succeeded') return { outcome: 'succeeded', tries }
  const isEnded = isBegun ? phase === 'Failed' : hook !== undefined && end.code !== null && end.code !== 0
  if (!isEnded) {
    const lost = new AnswerLost(`helm ${endWords(end.code)}, and its record does not say how ${ref.name} ended`)
    return { outcome: 'unknown', lost, tries }
  }
  const why = refusal === undefined ? helmError(end) : refusedBy(refusal)
  const error = isBegun ? why : new ToolError('Cancelled', `${ref.kind} ${ref.name} was not begun.`)
  return { outcome: 'failed', error, mayPlanAgain: false, tries }
}

function endWords(code: number | null): string {
  return code === null ? 'was stopped' : `ended with code ${code}`
}

async function readRecord(head: RecordHead, { records }: HelmClient): Promise<ReleaseRecord | undefined> {
  try {
    return await records.read(head)
  } catch (error) {
    if (error instanceof ToolError && error.code === 'NotFound') return undefined
    throw error
  }
}
