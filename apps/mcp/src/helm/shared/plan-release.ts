import type { Undo } from '@fairlead/contract/effect/effect'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { GENERATED } from '../../helm-cli/generated-values.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmObjectPlan, HelmPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import { RELEASE_API_VERSION, RELEASE_KIND } from '../../helm-cli/helm-plan.ts'
import { chartText, isPending, type ReleaseRecord } from '../../helm-cli/release-record.ts'
import { readReleaseState } from '../../helm-cli/release-state.ts'
import { ageOf } from '../../output/age.ts'
import type { Settled } from '../../target/plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { newestRelease } from './newest-release.ts'
import { momentsOf } from './render.ts'
import { effectValues } from './shown-values.ts'

/** Throws `Conflict` while a revision is under way, or was broken off. */
export function requireSettled(newest: ReleaseRecord | undefined, now: Date): void {
  if (newest === undefined || !isPending(newest)) return
  const { name, namespace, version, info } = newest
  const since = ageOf(info.last_deployed, now)
  throw new ToolError(
    'Conflict',
    `revision ${version} of release ${name} in ${namespace} is ${info.status} since ${since}: an operation is under way, or was broken off.`,
    { hint: 'Wait for it; if it was broken off, helm_rollback clears it.' },
  )
}

/** The release itself as one object of the effect, before those of its chart. */
export function releasePlan(
  {
    former,
    later,
    said,
    hasGeneratedNotes = false,
  }: {
    former: ReleaseRecord | undefined
    /** Left out for an uninstallation. */
    later?: ReleaseRecord
    /** The values of the call. */
    said?: unknown
    hasGeneratedNotes?: boolean
  },
  act: ReleaseAct,
  { kube, settings }: Pick<HelmContext, 'kube' | 'settings'>,
): HelmObjectPlan {
  const { redactionKey } = settings
  const stateOf = (record: ReleaseRecord, of: unknown): KubeObject => {
    const state = readReleaseState({ ...record, name: act.release, namespace: act.namespace })
    return { ...state, values: effectValues(state.values, { said: of, redactionKey }) }
  }
  const before = former && stateOf(former, undefined)
  const after = later && stateOf(later, said)
  const notes = hasGeneratedNotes && after !== undefined ? { notes: GENERATED } : {}
  return {
    ref: {
      cluster: kube.cluster,
      apiVersion: RELEASE_API_VERSION,
      kind: RELEASE_KIND,
      namespace: act.namespace,
      name: act.release,
    },
    action: after === undefined ? 'delete' : before === undefined ? 'create' : 'update',
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after: { ...after, ...notes } }),
    basis: 'computed',
    ...(hasGeneratedNotes && { generated: ['/notes'] }),
    act,
  }
}

type Assembled = {
  act: ReleaseAct
  objectPlans: readonly HelmObjectPlan[]
  pins: Readonly<Record<string, unknown>>
  summary: string
  undo: Undo
  signals?: readonly RiskSignal[]
}

/** All objects of a release's write are planned once: one run of helm writes them. */
export function assembled(
  { act, objectPlans, pins, summary, undo, signals = [] }: Assembled,
  context: HelmContext,
): HelmPlan {
  const { release, namespace } = act
  return {
    namespace,
    pins: { release: `${namespace}/${release}`, ...pins },
    objects: objectPlans.map((objectPlan) => ({ plan: async () => objectPlan })),
    summary: () => summary,
    undo: () => undo,
    signals: () => signals,
    report: () => `release ${release} in ${namespace} is written`,
    settle: () => stateAfter(act, context),
  }
}

async function stateAfter({ release, namespace, leaves }: ReleaseAct, context: HelmContext): Promise<Settled> {
  if (leaves === 'nothing') return { output: `release ${release} in ${namespace} is uninstalled` }
  const newest = await newestRelease({ release, namespace }, context)
  if (leaves === 'tests') return testsAfter(newest)
  const { version, info, ...record } = newest
  const notes = info.notes === undefined || info.notes === '' ? [] : ['', 'NOTES:', info.notes]
  return {
    output: [
      `release ${release} in ${namespace}: revision ${version}, ${info.status}, chart ${chartText(record)}`,
      ...notes,
    ].join('\n'),
    data: { revision: version, status: info.status },
  }
}

function testsAfter({ name, namespace, hooks = [] }: ReleaseRecord): Settled {
  const tests = hooks.filter((hook) => momentsOf(hook, 'test').length > 0)
  const lines = tests.map((hook) => `${hook.kind} ${hook.name}: ${hook.last_run?.phase || 'not run'}`)
  return {
    output: [`tests of release ${name} in ${namespace}`, ...lines].join('\n'),
    data: { tests: tests.map((hook) => ({ kind: hook.kind, name: hook.name, phase: hook.last_run?.phase })) },
  }
}
