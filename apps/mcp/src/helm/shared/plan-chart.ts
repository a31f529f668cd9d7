import { isRecord } from '../../effect/is-record.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmObjectPlan, HelmPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import { chartText, type Hook, type ReleaseRecord } from '../../helm-cli/release-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { readDocument } from '../../input/read-documents.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { newestRelease, noRelease, revisionsOf, upgradeBase, writtenBy } from './newest-release.ts'
import { planHooks, planObjects } from './plan-objects.ts'
import { assembled, releasePlan, requireSettled } from './plan-release.ts'
import { momentsOf, type Rendering, renderTwice, type Verb } from './render.ts'
import { waitFlags } from './wait-flags.ts'

export type ChartArgs = {
  release_name: string
  chart: string
  namespace: string | null
  version: string | null
  values: string | null
  create_namespace: boolean
  wait: boolean
  atomic: boolean
  timeout_seconds: number
}

type Upgrade = { verb: 'upgrade'; mayInstall: boolean; resetsValues: boolean }
type How = { verb: 'install' } | Upgrade

/** An installation or an upgrade: the chart is fetched, rendered twice, and compared with what the release has now. */
export async function planChart(args: ChartArgs, how: How, context: HelmContext): Promise<HelmPlan> {
  const { helm, now } = context
  const said = args.values === null ? undefined : await valuesOf(args.values, context)
  const namespace = args.namespace ?? context.defaultNamespace
  const place = { release: args.release_name, namespace }
  await helm.requireAllowed(args.chart)
  const newest = await existing(place, how, context)
  requireSettled(newest, now())
  const base = newest && (await upgradeBase(newest, context))
  const [chart, version] = await Promise.all([helm.fetchChart(args.chart, args.version), helm.version()])
  // Helm 4 would write to one that is there.
  const makesNamespace = args.create_namespace && (await isMissing(namespace, context))
  const stdin = said === undefined ? {} : { stdin: JSON.stringify(said) }
  const flags = [
    how.verb,
    `--namespace=${namespace}`,
    ...(makesNamespace ? ['--create-namespace'] : []),
    ...(said === undefined ? [] : ['--values=-']),
    ...(how.verb === 'upgrade' ? upgradeFlags(how, { hasValues: said !== undefined }) : []),
  ]
  const operands = [args.release_name, chart.path]
  const rendering = await renderTwice({ args: flags, operands, ...stdin }, namespace, context)
  const revision = newest?.version ?? 0
  const act: ReleaseAct = {
    what: 'release',
    args: [
      ...flags,
      `--timeout=${args.timeout_seconds}s`,
      ...waitFlags({ ...args, objects: rendering.objects, major: version.major }),
      ...(args.atomic ? [version.major >= 4 ? '--rollback-on-failure' : '--atomic'] : []),
    ],
    operands,
    ...stdin,
    release: args.release_name,
    namespace,
    revision,
    // What went wrong is rolled back by one more revision.
    makes: args.atomic ? [revision + 1, revision + 2] : [revision + 1],
    deletes: 'older',
    leaves: 'revision',
    rendered: { objects: rendering.objects, hooks: rendering.hooks },
  }
  const isInstall = newest === undefined || newest.info.status === 'uninstalled'
  if (args.atomic && !isInstall) await requireWayBackTo(base, context)
  if (args.atomic)
    requireSilentReturn(
      isInstall ? { verb: 'uninstall', hooks: rendering.record.hooks } : { verb: 'rollback', hooks: base?.hooks },
    )
  const { objectPlans, kept } = await partsOf(
    { act, newest, base, rendering, said, isInstall, makesNamespace, chartPath: chart.path },
    context,
  )
  const metadata = rendering.record.chart?.metadata
  return assembled(
    {
      act,
      objectPlans,
      pins: { revision, chart: { name: metadata?.name ?? '', version: metadata?.version ?? '', digest: chart.digest } },
      summary: summaryOf({ place, newest, rendering, isInstall, said }),
      undo: undoOf(args, base, isInstall),
      signals: signalsOf({ rendering, kept, args, newest, base, said, how }),
    },
    context,
  )
}

/** A mapping, read once: what was judged is what helm reads. */
export async function valuesOf(text: string, context: HelmContext): Promise<Readonly<Record<string, unknown>>> {
  const value = await readDocument('values', text, context)
  if (!isRecord(value) || Object.keys(value).length === 0)
    throw new InvalidInput('values must be a mapping that is not empty, as in "replicaCount: 2".')
  return value
}

function upgradeFlags({ mayInstall, resetsValues }: Upgrade, { hasValues }: { hasValues: boolean }): string[] {
  // With values helm would drop those of the last revision unseen; without any it keeps them.
  const reuse = resetsValues ? ['--reset-values'] : hasValues ? ['--reset-then-reuse-values'] : []
  return [...(mayInstall ? ['--install'] : []), ...reuse]
}

async function existing(
  place: { release: string; namespace: string },
  how: How,
  context: HelmContext,
): Promise<ReleaseRecord | undefined> {
  const [newest] = await revisionsOf(place, context)
  if (newest === undefined) {
    if (how.verb === 'upgrade' && !how.mayInstall) throw await noRelease(place, context)
    return undefined
  }
  const record = await newestRelease(place, context)
  if (how.verb === 'install') {
    requireSettled(record, context.now())
    throw new ToolError(
      'AlreadyExists',
      `release ${place.release} exists in ${place.namespace}, at revision ${record.version}.`,
      {
        hint: 'Use helm_upgrade.',
      },
    )
  }
  return record
}

/** Helm goes back to the newest revision that is superseded or deployed, which a failed way back may have made another one. */
async function requireWayBackTo(base: ReleaseRecord | undefined, context: HelmContext): Promise<void> {
  if (base === undefined) return
  const heads = await revisionsOf({ release: base.name, namespace: base.namespace }, context)
  const back = heads.find(({ status }) => status === 'superseded' || status === 'deployed')
  if (back === undefined || back.revision === base.version) return
  throw new ToolError(
    'Refused',
    `atomic would go back to revision ${back.revision}, not to ${base.version}, the last that was deployed.`,
    {
      hint: 'Leave atomic out; where it fails, helm_rollback goes to the revision that you name.',
    },
  )
}

/** What goes back by itself would run hooks that nobody has seen. */
function requireSilentReturn({ verb, hooks = [] }: { verb: Verb; hooks: readonly Hook[] | undefined }): void {
  const running = hooks.filter((hook) => momentsOf(hook, verb).length > 0).map(({ kind, name }) => `${kind} ${name}`)
  if (running.length === 0) return
  throw new ToolError(
    'Refused',
    `atomic would run hooks when it goes back, which are not shown: ${running.join(', ')}.`,
    {
      hint: `Leave atomic out; where it fails, helm_${verb} shows them.`,
    },
  )
}

type Parts = {
  act: ReleaseAct
  newest: ReleaseRecord | undefined
  base: ReleaseRecord | undefined
  rendering: Rendering
  said: unknown
  isInstall: boolean
  makesNamespace: boolean
  chartPath: string
}

/** Who may not see namespaces is not told of one that is made. */
async function isMissing(namespace: string, { kube }: HelmContext): Promise<boolean> {
  try {
    return (await kube.find({ resource: await kube.resolve('namespaces.v1.'), name: namespace })) === undefined
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Refused')) return false
    throw error
  }
}

async function partsOf(
  { act, newest, base, rendering, said, isInstall, makesNamespace, chartPath }: Parts,
  context: HelmContext,
): Promise<{ objectPlans: HelmObjectPlan[]; kept: string[] }> {
  const { record, objects, hooks, hasGeneratedNotes } = rendering
  const written = isInstall || newest === undefined ? [] : await writtenBy(newest, context)
  const former =
    isInstall || base === newest ? (written.at(-1) ?? []) : await renderedObjects(base?.manifest ?? '', context)
  const release = releasePlan(
    {
      former: isInstall ? undefined : newest,
      later: { ...record, version: act.revision + 1 },
      said,
      hasGeneratedNotes,
    },
    act,
    context,
  )
  const [{ objectPlans, kept }, hookPlans, first] = await Promise.all([
    planObjects({ former, written, wanted: objects, act }, context),
    planHooks({ hooks: record.hooks ?? [], rendered: hooks, verb: isInstall ? 'install' : 'upgrade', act }, context),
    planFirst({ act, isInstall, makesNamespace, chartPath }, context),
  ])
  const rendered = [...objectPlans, ...hookPlans].map((plan) => ({ ...plan, isRendered: true }))
  return { objectPlans: [...first, release, ...rendered], kept }
}

/** What comes before the release: its namespace, and the CRDs of the chart that are not there yet. */
async function planFirst(
  { act, isInstall, makesNamespace, chartPath }: Pick<Parts, 'act' | 'isInstall' | 'makesNamespace' | 'chartPath'>,
  context: HelmContext,
): Promise<HelmObjectPlan[]> {
  const { kube, helm } = context
  if (!isInstall) return []
  const crds = await helm.run({ args: ['show', 'crds'], operands: [chartPath] })
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: act.namespace, labels: { name: act.namespace } },
  }
  const wanted = [
    ...(makesNamespace ? [namespace] : []),
    ...(crds.code === 0 ? await renderedObjects(crds.stdout, context) : []),
  ]
  const { objectPlans } = await planObjects(
    { former: [], written: [], wanted: wanted.map((object) => ({ object, generated: [] })), act },
    context,
  )
  // Helm leaves those that are there as they are.
  return objectPlans.filter(({ action, ref }) => action === 'create' && ref.cluster === kube.cluster)
}

type Circumstances = { rendering: Rendering; newest: ReleaseRecord | undefined; said: unknown }

function summaryOf({
  place,
  newest,
  rendering,
  isInstall,
  said,
}: Circumstances & { place: { release: string; namespace: string }; isInstall: boolean }): string {
  const named = `${place.namespace}/${place.release}`
  const chart = chartText(rendering.record)
  const values = said === undefined ? '' : ` with ${Object.keys(said as object).join(', ')} set`
  if (isInstall || newest === undefined) return `Install release ${named} from chart ${chart}${values}`
  const charts = chartText(newest) === chart ? `chart ${chart}` : `chart ${chartText(newest)} → ${chart}`
  return `Upgrade release ${named} from revision ${newest.version} to ${newest.version + 1}: ${charts}${values}`
}

function undoOf({ release_name, namespace }: ChartArgs, base: ReleaseRecord | undefined, isInstall: boolean) {
  const where = { release_name, ...(namespace !== null && { namespace }) }
  return isInstall || base === undefined
    ? { tool: 'helm_uninstall', args: where }
    : { tool: 'helm_rollback', args: { ...where, revision: base.version } }
}

function signalsOf({
  rendering,
  kept,
  args,
  newest,
  base,
  said,
  how,
}: Circumstances & { base: ReleaseRecord | undefined; kept: string[]; args: ChartArgs; how: How }): RiskSignal[] {
  const { metadata } = rendering.record.chart ?? {}
  const keepsValues = how.verb === 'upgrade' && base !== undefined && !how.resetsValues
  const values = Object.keys(base?.config ?? {})
  return [
    ...(newest === undefined || base === undefined || newest.version === base.version
      ? []
      : [
          {
            risk: 'medium' as const,
            reason: `revision ${newest.version} is ${newest.info.status}: helm goes on from revision ${base.version}, the last that was deployed`,
          },
        ]),
    ...(rendering.withoutCluster === undefined ? [] : [{ risk: 'medium' as const, reason: rendering.withoutCluster }]),
    ...(kept.length === 0
      ? []
      : [{ risk: 'low' as const, reason: `stays in the cluster (resource-policy: keep): ${kept.join(', ')}` }]),
    ...(metadata?.deprecated === true
      ? [{ risk: 'low' as const, reason: `chart ${metadata.name} is deprecated` }]
      : []),
    ...(keepsValues && values.length > 0
      ? [
          {
            risk: 'low' as const,
            reason: `${said === undefined ? 'keeps' : 'keeps, where it says nothing else,'} the values of revision ${base.version}: ${values.join(', ')}`,
          },
        ]
      : []),
    ...(args.atomic ? [{ risk: 'low' as const, reason: 'goes back by itself when it fails' }] : []),
  ]
}
