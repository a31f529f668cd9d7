import { isDeepStrictEqual } from 'node:util'
import { digestOf } from '@fairlead/contract/json/digest'
import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import { isRecord } from '../../effect/is-record.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { name } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { MARK } from '../application-rules.ts'
import {
  type Application,
  applicationNamespace,
  applicationTarget,
  asApplication,
  type Compared,
  type Operation,
  outOfSync,
  resourceText,
  revisionText,
} from '../shared/application.ts'
import { defineTool } from '../shared/define-tool.ts'

export const argoCdSyncApp = defineTool({
  name: 'argo_cd_sync_app',
  title: 'Sync Argo CD Application',
  description:
    'Make the objects of an Application what its source had when Argo CD compared them last; prune deletes what is no longer there.',
  group: 'argocd',
  changes: 'destroy',
  idempotent: true,
  openWorld: true,
  input: z.object({ name, namespace: applicationNamespace, prune: optional('prune', bool, false) }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, pins, now } = context
    const target = await applicationTarget(args, kube)
    const requestedAt = typeof pins.requestedAt === 'string' ? pins.requestedAt : now().toISOString()
    const planNow = async (): Promise<KubeObjectPlan> => {
      const application = asApplication(await kube.read(target))
      requireIdle(application)
      requireCompared(application)
      const operation = operationOf(application, { prune: args.prune, requestedAt })
      const write = { verb: 'patch', type: 'merge', patch: { operation }, fieldValidation: 'Strict' } as const
      const plan = await planPatch(target, application, write, context)
      return {
        ...plan,
        pins: { revision: application.status.sync?.revision ?? '', compared: comparisonDigest(application) },
        signals: [...(plan.signals ?? []), ...signalsOf(application, args.prune)],
      }
    }
    return {
      namespace: target.namespace,
      pins: { requestedAt },
      objects: [{ plan: () => readConsistently(planNow) }],
      summary: ([objectPlan]) =>
        objectPlan?.before === undefined ? '' : summaryOf(asApplication(objectPlan.before), args.prune),
      undo: () => ({ impossible: 'what was there before stands in no source; sync an earlier commit' }),
      report: () => `application.argoproj.io/${args.name} is to be synced`,
      settle: async () => {
        const { status } = asApplication(await kube.read(target))
        const phase = status.operationState?.phase ?? 'not begun'
        return { output: `application.argoproj.io/${args.name} is to be synced\nNow: ${phase}`, data: { phase } }
      },
    }
  },
})

/** Argo CD does one at a time, and drops what comes on top. */
function requireIdle(application: Application): void {
  const { operation, status } = application
  if (operation === undefined && status.operationState?.phase !== 'Running') return
  throw new ToolError('Conflict', `${namedOf(application)} is being synced already.`, {
    hint: 'argo_cd_get_app says how far it is.',
  })
}

/** What Argo CD lists as out of sync is of the source that it compared with. */
function requireCompared(application: Application): void {
  const { comparedTo } = application.status.sync ?? {}
  // What a hydrator makes of a source stands in no spec.
  const hasSource = application.spec.source !== undefined || application.spec.sources !== undefined
  if (
    comparedTo === undefined ||
    !hasSource ||
    isDeepStrictEqual(withoutEmpty(comparedOf(comparedTo)), withoutEmpty(comparedOf(application.spec)))
  )
    return
  throw new ToolError('Conflict', `${namedOf(application)} was changed, and Argo CD has not compared it since.`, {
    hint: 'Wait until argo_cd_get_app shows the comparison with its new source.',
  })
}

/** With several sources Argo CD may show one of them as the only one as well. */
function comparedOf({ source, sources = [], destination }: Partial<Compared>) {
  return {
    ...(sources.length > 0 ? { sources } : source !== undefined && { source }),
    ...(destination !== undefined && { destination }),
  }
}

/** What Argo CD reads and writes again lacks some of the empty values that a person wrote, and has others. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (!isRecord(value)) return value
  // Values for helm are kept as they were written: there `false` is not the same as nothing.
  const entries = Object.entries(value).map(([key, each]) => [key, key === 'valuesObject' ? each : withoutEmpty(each)])
  return Object.fromEntries(entries.filter(([, each]) => !isEmpty(each)))
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Of the sources, the destination, and the objects that differ: nobody has approved others. */
function comparisonDigest(application: Application): string {
  const objects = outOfSync(application).map((resource) => [resourceText(resource), resource.requiresPruning === true])
  return digestOf({ ...comparedOf(application.spec), objects })
}

/** Exactly the commit that was compared: a newer one would bring what nobody has seen. */
function operationOf(
  { spec, status }: Application,
  { prune, requestedAt }: { prune: boolean; requestedAt: string },
): Operation {
  const { revision, revisions } = status.sync ?? {}
  const syncOptions = spec.syncPolicy?.syncOptions
  return {
    initiatedBy: { username: 'fairlead' },
    info: [{ name: MARK, value: requestedAt }],
    sync: {
      ...(revision ? { revision } : {}),
      ...(revisions !== undefined && revisions.length > 0 && { revisions }),
      prune,
      ...(syncOptions !== undefined && { syncOptions }),
      syncStrategy: { hook: {} },
    },
  }
}

function summaryOf(application: Application, prune: boolean): string {
  const differing = outOfSync(application)
  const written = differing.filter(({ requiresPruning }) => requiresPruning !== true)
  const pruned = differing.filter(({ requiresPruning }) => requiresPruning === true)
  const what = [
    ...(written.length > 0 ? [`writes ${listed(written.map(resourceText))}`] : []),
    ...(prune && pruned.length > 0 ? [`deletes ${listed(pruned.map(resourceText))}`] : []),
  ]
  const to = revisionText(application) ?? 'its source'
  return `Sync ${namedOf(application)} to ${to}: ${what.join('; ') || 'all of its objects are as they shall be'}`
}

function listed(names: readonly string[]): string {
  const more = names.length - 10
  return more > 0 ? `${names.slice(0, 10).join(', ')} and ${more} more` : names.join(', ')
}

function signalsOf(application: Application, prune: boolean): RiskSignal[] {
  const gone = outOfSync(application).filter(({ requiresPruning }) => requiresPruning === true)
  return [
    {
      risk: 'medium',
      reason: 'what is written stands in the source, and is not shown here: argo_cd_diff_app lists the objects',
    },
    ...(prune && gone.length > 0
      ? [{ risk: 'high' as const, reason: `deletes ${gone.length} objects that are no longer in the source` }]
      : []),
  ]
}

function namedOf(application: Application): string {
  return nameForPeople({ ...application, ...application.metadata })
}
