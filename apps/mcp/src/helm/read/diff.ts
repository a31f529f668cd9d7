import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { shortDiffs, yamlDiff } from '../../effect/yaml-diff.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { chartText, type ReleaseRecord } from '../../helm-cli/release-record.ts'
import { keyOf, renderedObjects } from '../../helm-cli/rendered.ts'
import { chartReference } from '../../input/chart.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { optional } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { redactObject } from '../../output/redact.ts'
import { cutItems } from '../../output/truncate.ts'
import { defineTool } from '../shared/define-tool.ts'
import { releaseAt, upgradeBase } from '../shared/newest-release.ts'
import { anyNamespace, optionalValues, release, revision, version } from '../shared/params.ts'
import { valuesOf } from '../shared/plan-chart.ts'
import { renderTemplate } from '../shared/render-template.ts'

export const helmDiff = defineTool({
  name: 'helm_diff',
  title: 'Diff Helm Release',
  description:
    'Compare the objects of two revisions (revision: by default the one before to_revision), or of one with what a chart renders.',
  group: 'helm-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    release_name: release,
    namespace: anyNamespace,
    revision,
    to_revision: optional('to_revision', integer(1, Number.POSITIVE_INFINITY), null, {
      description: 'The newest when left out',
    }),
    chart: optional('chart', text(chartReference), null),
    values: optionalValues,
    version,
  }),
  async run(args, context) {
    if (args.chart !== null && args.to_revision !== null)
      throw new InvalidInput('chart and to_revision exclude each other.')
    if (args.chart === null && (args.values !== null || args.version !== null))
      throw new InvalidInput('values and version need a chart.')
    const values = args.values === null ? undefined : await valuesOf(args.values, context)
    const place = { release: args.release_name, namespace: args.namespace ?? context.defaultNamespace }
    const { former, later } =
      args.chart === null ? await stored(args, place, context) : await rendered({ ...args, values }, place, context)
    const blocks = diffsOf(former.objects, later.objects, place.namespace, context)
    const cut = cutItems(shortDiffs(blocks), {
      most: context.settings.maxOutputChars,
      narrow: 'helm_get_manifest of each side',
    })
    const head = `${place.namespace}/${place.release}: ${former.name} -> ${later.name}`
    return {
      output: blocks.length === 0 ? `${head}\nTheir objects are the same.` : `${head}\n${cut.output}`,
      namespace: place.namespace,
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
    }
  },
})

type Stored = { revision: number | null; to_revision: number | null }
type Rendered = Pick<Stored, 'revision'> & {
  chart: string | null
  values: Readonly<Record<string, unknown>> | undefined
  version: string | null
}
type Values = Readonly<Record<string, unknown>>
type Place = { release: string; namespace: string }
type Side = { name: string; objects: readonly KubeObject[] }
type Sides = { former: Side; later: Side }

async function stored({ revision, to_revision }: Stored, place: Place, context: HelmContext): Promise<Sides> {
  const later = await releaseAt(place, to_revision, context)
  const before = revision ?? later.version - 1
  if (before < 1) throw new InvalidInput(`revision ${later.version} is the first one: there is none before it.`)
  const former = await releaseAt(place, before, context)
  return { former: await sideOf(former, context), later: await sideOf(later, context) }
}

/** As an upgrade does it: from the last revision that was deployed, whose values stay where the call says nothing else. */
async function rendered(args: Rendered, place: Place, context: HelmContext): Promise<Sides> {
  const chosen = await releaseAt(place, args.revision, context)
  const former = args.revision === null ? await upgradeBase(chosen, context) : chosen
  const values = onTop(args.values ?? {}, former.config ?? {})
  const { path } = await context.helm.fetchChart(args.chart ?? '', args.version)
  const objects = await renderTemplate({ ...place, chart: path, values, includesCrds: false }, context)
  return {
    former: await sideOf(former, context),
    later: { name: `what ${args.chart} renders without a cluster`, objects },
  }
}

/** Tables are merged, and null takes a key away. Source: `CoalesceTables` of Helm. */
function onTop(said: Values, former: Values): Values {
  const entries = Object.entries(said).flatMap(([key, value]): [string, unknown][] => {
    const under = former[key]
    if (value === null && under !== undefined) return []
    return [[key, isRecord(value) && isRecord(under) ? onTop(value, under) : value]]
  })
  const kept = Object.entries(former).filter(([key]) => !Object.hasOwn(said, key))
  return Object.fromEntries([...kept, ...entries])
}

async function sideOf(record: ReleaseRecord, context: HelmContext): Promise<Side> {
  const objects = await renderedObjects(record.manifest ?? '', context)
  return { name: `revision ${record.version} (${chartText(record)})`, objects }
}

/** One diff an object that is not the same, in the order of the later side; what is gone comes last. */
function diffsOf(
  former: readonly KubeObject[],
  later: readonly KubeObject[],
  namespace: string,
  { settings: { revealSecrets: reveal } }: HelmContext,
): string[] {
  const before = new Map(former.map((object) => [keyOf(object, namespace), object]))
  const after = new Map(later.map((object) => [keyOf(object, namespace), object]))
  const keys = [...after.keys(), ...[...before.keys()].filter((key) => !after.has(key))]
  const shown = (object: KubeObject | undefined) => object && redactObject(object, { reveal })
  return keys.flatMap((key) => {
    const sides = { before: before.get(key), after: after.get(key) }
    const either = sides.after ?? sides.before
    if (either === undefined || JSON.stringify(sides.before) === JSON.stringify(sides.after)) return []
    const name = `${either.kind}/${either.metadata.name}`
    const [live, result] = [shown(sides.before), shown(sides.after)]
    return [isDeepStrictEqual(live, result) ? `${name}: only hidden values differ\n` : yamlDiff(name, live, result)]
  })
}
