import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { type RenderedObject, withoutPaths } from '../../helm-cli/generated-values.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmObjectPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import type { Hook } from '../../helm-cli/release-record.ts'
import { isKept, keyOf } from '../../helm-cli/rendered.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { asFound } from './as-found.ts'
import { momentsOf, type Verb } from './render.ts'

const AT_ONCE = 8

type Objects = {
  /** Of the revision that helm goes on from: what is wanted no longer goes. */
  former: readonly KubeObject[]
  /** Of each revision that may have written what is in the cluster, oldest first. */
  written: readonly (readonly KubeObject[])[]
  wanted: readonly RenderedObject[]
}

/** The objects of a chart against those of the revision before: what is made, changed, deleted, in the order of helm. */
export async function planObjects(
  { former, written, wanted, act }: Objects & { act: ReleaseAct },
  context: HelmContext,
): Promise<{ objectPlans: HelmObjectPlan[]; kept: string[] }> {
  const { namespace } = act
  const before = Map.groupBy(written.flat(), (object) => keyOf(object, namespace))
  const keys = new Set(wanted.map(({ object }) => keyOf(object, namespace)))
  const gone = former.filter((object) => !keys.has(keyOf(object, namespace)))
  const changed = await inGroups(wanted, (each) =>
    planWritten(each, before.get(keyOf(each.object, namespace)) ?? [], { act, context }),
  )
  const left = await inGroups(gone, async (object) => {
    const found = await findLive(object, { act, context })
    // An uninstallation goes by what the record says of it, all else by what the cluster does.
    const isLeft = act.leaves === 'nothing' ? isKept(object) : found !== undefined && isKept(found.live)
    return {
      object,
      isLeft,
      plan: isLeft || found === undefined ? undefined : planDeleted(object, found, { act, context }),
    }
  })
  const deleted = left.map(({ plan }) => plan)
  const kept = left.filter(({ isLeft }) => isLeft).map(({ object }) => `${object.kind} ${object.metadata.name}`)
  return { objectPlans: [...changed, ...deleted].flatMap((plan) => plan ?? []), kept }
}

type Place = { act: ReleaseAct; context: HelmContext }

async function planWritten(
  rendered: RenderedObject,
  written: readonly KubeObject[],
  { act, context }: Place,
): Promise<HelmObjectPlan> {
  const { object, generated } = rendered
  const target = await targetOf(object, act.namespace, context)
  // One whose name is made up is not there yet.
  const isNamed = !generated.includes('/metadata/name')
  const live = target === undefined || !isNamed ? undefined : await context.kube.find(target)
  const found = live && asFound(live, written, object)
  const shown = found && withoutPaths(found.before, generated)
  const before = shown && { ...shown, metadata: { ...shown.metadata, uid: live?.metadata.uid } }
  const namespace = placeOf(object, target, act.namespace)
  const placed = namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } }
  return {
    ref: {
      cluster: context.kube.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(namespace !== undefined && { namespace }),
      name: object.metadata.name,
      ...(live?.metadata.uid !== undefined && { uid: live.metadata.uid }),
    },
    action: live === undefined ? 'create' : 'update',
    ...(before !== undefined && { before: inPlace(before, namespace) as KubeObject }),
    after: placed,
    basis: 'computed',
    generated,
    signals: [...generatedSignals(rendered), ...(found?.signals ?? [])],
    act,
    target,
  }
}

function inPlace(object: object, namespace: string | undefined): object {
  const { metadata } = object as KubeObject
  return namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace } }
}

/** What is made anew each time is known to nobody before it runs. Passwords and certificates of a Secret run nowhere. */
function generatedSignals({ object: { kind, metadata }, generated, mayRun: texts = [] }: RenderedObject): RiskSignal[] {
  const shown = kind === 'Secret' ? texts : generated.filter((path) => path !== '/metadata/name')
  if (shown.length === 0) return []
  const mayRun =
    kind === 'ConfigMap' ||
    kind === 'Secret' ||
    shown.some((path) => path === '' || /\/(initContainers|containers|template|spec)(\/|$)/.test(path))
  const reason = `${kind} ${metadata.name} differs with each rendering: ${shown.map((path) => path || 'the whole object').join(', ')}`
  return [{ risk: mayRun ? 'high' : 'medium', reason }]
}

type Found = { target: Target; live: KubeObject }

/** Undefined for what is not in the cluster. */
async function findLive(object: KubeObject, { act, context }: Place): Promise<Found | undefined> {
  const target = await targetOf(object, act.namespace, context)
  const live = target === undefined ? undefined : await context.kube.find(target)
  return target === undefined || live === undefined ? undefined : { target, live }
}

function planDeleted(object: KubeObject, { target, live }: Found, { act, context }: Place): HelmObjectPlan {
  const { uid } = live.metadata
  const namespace = placeOf(object, target, act.namespace)
  return {
    ref: {
      cluster: context.kube.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(namespace !== undefined && { namespace }),
      name: object.metadata.name,
      ...(uid !== undefined && { uid }),
    },
    action: 'delete',
    before: inPlace({ ...object, metadata: { ...object.metadata, uid } }, namespace) as KubeObject,
    basis: 'computed',
    act,
    target,
  }
}

/** Hooks that will run, in the order of their weights. */
export async function planHooks(
  {
    hooks,
    rendered,
    verb,
    act,
  }: { hooks: readonly Hook[]; rendered: readonly RenderedObject[]; verb: Verb; act: ReleaseAct },
  context: HelmContext,
): Promise<HelmObjectPlan[]> {
  const running = hooks
    .map((hook, index) => ({ hook, rendered: rendered[index], moments: momentsOf(hook, verb) }))
    .filter(({ moments }) => moments.length > 0)
    .toSorted((a, b) => (a.hook.weight ?? 0) - (b.hook.weight ?? 0))
  const plans = await inGroups(running, async ({ rendered: each, moments, hook }) => {
    if (each === undefined) throw new TypeError(`Hook ${hook.kind} ${hook.name} was not rendered`)
    if (each.object.kind === 'List')
      throw new ToolError('Invalid', `hook ${each.object.metadata.name} is not one object.`, {
        hint: 'Each hook of a chart must be one, so that all of it can be shown.',
      })
    const { before: _, ...plan } = await planWritten(each, [], { act, context })
    const named = `${hook.kind} ${hook.name}`
    const reason = `runs ${named} as a hook: ${moments.join(', ')}${deletionWords(hook)}`
    const invoked = {
      ...plan,
      action: 'invoke' as const,
      isTakenBack: endsOf(hook).length > 0,
      signals: [...(plan.signals ?? []), { risk: 'medium' as const, reason }],
    }
    if (plan.ref.uid === undefined) return [invoked]
    // Helm 3 fails there, and helm 4 writes to an object that is no part of the release.
    if (!isReplaced(hook))
      throw new ToolError('Conflict', `${named} is there already, and the hook of that name does not replace it.`, {
        hint: 'Delete it first where it was left by an earlier run.',
      })
    // What is in its place goes first, whoever made it.
    const found = await findLive(each.object, { act, context })
    return found === undefined ? [invoked] : [planDeleted(each.object, found, { act, context }), invoked]
  })
  return plans.flat()
}

/** Helm's own rule where a hook says nothing; it never deletes a CRD. */
function isReplaced({ kind, delete_policies: policies = [] }: Hook): boolean {
  return kind !== 'CustomResourceDefinition' && (policies.length === 0 || policies.includes('before-hook-creation'))
}

/** At which of its ends helm deletes it. */
function endsOf({ delete_policies: policies = [] }: Hook): string[] {
  return ['succeeded', 'failed'].filter((end) => policies.includes(`hook-${end}`))
}

function deletionWords(hook: Hook): string {
  const ends = endsOf(hook)
  return ends.length === 0 ? '' : `, and deletes it once it has ${ends.join(' or ')}`
}

/** Undefined for a type that the cluster does not serve yet. */
async function targetOf(
  { apiVersion, kind, metadata }: KubeObject,
  namespace: string,
  { kube }: HelmContext,
): Promise<Target | undefined> {
  const resource = await kube.resourceOf({ apiVersion, kind })
  if (resource === undefined) return undefined
  const where = resource.namespaced ? { namespace: metadata.namespace ?? namespace } : {}
  return { resource, name: metadata.name, ...where }
}

function placeOf({ metadata }: KubeObject, target: Target | undefined, namespace: string): string | undefined {
  return target === undefined ? (metadata.namespace ?? namespace) : target.namespace
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))))
  return results
}
