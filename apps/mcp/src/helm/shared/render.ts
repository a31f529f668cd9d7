import { parse } from 'yaml'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { type RenderedObject, withoutGeneratedValues } from '../../helm-cli/generated-values.ts'
import type { HelmCommand, HelmContext } from '../../helm-cli/helm-context.ts'
import { helmError } from '../../helm-cli/helm-error.ts'
import { hookObjects } from '../../helm-cli/judge-record.ts'
import type { ChartMetadata, Hook, ReleaseRecord } from '../../helm-cli/release-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import type { HelmEnd } from '../../helm-cli/run-helm.ts'
import { yamlText } from '../../output/yaml-text.ts'
import { ToolError } from '../../tool/tool-error.ts'

/** What a verb would make of a chart: rendered twice, so that what differs each time is known. */
export type Rendering = {
  record: ReleaseRecord
  objects: readonly RenderedObject[]
  /** In the order of `record.hooks`. */
  hooks: readonly RenderedObject[]
  /** The notes differ with each rendering. */
  hasGeneratedNotes: boolean
  /** Why it was rendered without the cluster, where it was. */
  withoutCluster: string | undefined
}

/** `command`: the verb with its flags, without its dry run. */
export async function renderTwice(command: HelmCommand, namespace: string, context: HelmContext): Promise<Rendering> {
  const { record, withoutCluster } = await renderOnce(command, context)
  const second =
    withoutCluster === undefined ? await renderOnce(command, context) : await renderClientSide(command, context)
  const [objects, others] = await Promise.all(
    [record, second.record].map(({ manifest }) => renderedObjects(manifest ?? '', context)),
  )
  const [hooks, otherHooks] = await Promise.all([record, second.record].map((each) => hookObjects(each, context)))
  return {
    record,
    objects: withoutGeneratedValues(objects ?? [], others ?? [], namespace),
    hooks: withoutGeneratedValues(hooks ?? [], otherHooks ?? [], namespace),
    hasGeneratedNotes: record.info.notes !== second.record.info.notes,
    withoutCluster,
  }
}

type Once = { record: ReleaseRecord; withoutCluster?: string }

async function renderOnce(command: HelmCommand, context: HelmContext): Promise<Once> {
  const end = await context.helm.dryRun({ ...command, args: [...command.args, '--dry-run=server', '--output=json'] })
  if (end.code === 0) return { record: recordOf(end) }
  // Of what its own CRDs define the cluster knows nothing yet.
  if (!/ensure CRDs are installed first|no matches for kind/.test(end.stderr)) throw helmError(end)
  return renderClientSide(command, context)
}

/** Helm renders a chart that brings types of its own only as a template. */
async function renderClientSide({ args, operands, ...rest }: HelmCommand, context: HelmContext): Promise<Once> {
  const [verb, ...flags] = args
  const kept = flags.filter((flag) => flag.startsWith('--namespace=') || flag === '--values=-')
  const isUpgrade = verb === 'upgrade' ? ['--is-upgrade'] : []
  const end = await context.helm.run({
    ...rest,
    args: ['template', '--dry-run=client', ...kept, ...isUpgrade],
    operands,
  })
  if (end.code !== 0) throw helmError(end)
  const [name = '', path = ''] = operands
  const chart = await context.helm.run({ args: ['show', 'chart'], operands: [path] })
  if (chart.code !== 0) throw helmError(chart)
  const objects = await renderedObjects(end.stdout, context)
  const isHook = ({ metadata }: KubeObject) => metadata.annotations?.[HOOK] !== undefined
  const record: ReleaseRecord = {
    name,
    namespace: '',
    version: 0,
    info: {},
    chart: { metadata: parse(chart.stdout) as ChartMetadata },
    config: rest.stdin === undefined ? {} : (JSON.parse(rest.stdin) as Record<string, unknown>),
    manifest: objects
      .filter((object) => !isHook(object))
      .map(asDocument)
      .join(''),
    hooks: objects.filter(isHook).map(asHook),
  }
  const withoutCluster = 'it brings types that the cluster does not know yet, so it was rendered without asking it'
  return { record, withoutCluster }
}

const HOOK = 'helm.sh/hook'

function asDocument(object: KubeObject): string {
  return `---\n${yamlText(object).trimEnd()}\n`
}

function asHook(object: KubeObject): Hook {
  const { annotations = {}, name } = object.metadata
  return {
    name,
    kind: object.kind,
    manifest: yamlText(object),
    events: (annotations[HOOK] ?? '').split(',').map((event) => event.trim()),
    weight: Number(annotations['helm.sh/hook-weight'] ?? 0),
    delete_policies: (annotations['helm.sh/hook-delete-policy'] ?? '').split(',').flatMap((each) => each.trim() || []),
  }
}

/** Helm prints the release that would be; warnings may stand before it. */
function recordOf({ stdout }: HelmEnd): ReleaseRecord {
  const start = stdout.indexOf('{')
  const value: unknown = start === -1 ? undefined : JSON.parse(stdout.slice(start))
  if (!isRecord(value) || !isRecord(value.info)) throw new ToolError('Upstream', 'helm has printed no release.')
  return value as ReleaseRecord
}

const eventsOf = {
  install: ['pre-install', 'post-install'],
  upgrade: ['pre-upgrade', 'post-upgrade'],
  rollback: ['pre-rollback', 'post-rollback'],
  uninstall: ['pre-delete', 'post-delete'],
  // What charts of Helm 2 call it.
  test: ['test', 'test-success'],
} as const

export type Verb = keyof typeof eventsOf

/** Which of a verb's moments a hook runs at; none: it does not run. */
export function momentsOf({ events = [] }: Hook, verb: Verb): readonly string[] {
  return eventsOf[verb].filter((event) => events.includes(event))
}
