import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { chartText, type ReleaseRecord } from '../../helm-cli/release-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { optional } from '../../input/parameter.ts'
import { showObject } from '../../kube/show-objects.ts'
import { rolloutState } from '../../kube/workloads/rollout-state.ts'
import { redactText } from '../../output/redact.ts'
import { fields, type Lines, section, tableSection } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease, pendingWarning } from '../shared/newest-release.ts'
import { anyNamespace, format, release } from '../shared/params.ts'

const MAX_RESOURCES = 100

export const helmStatus = defineTool({
  name: 'helm_status',
  title: 'Get Helm Release Status',
  description:
    'Show a release: status, chart, the live state of its objects, hooks and notes. For values use helm_get_values.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace, output: optional('output', format, null) }),
  async run({ release_name, namespace, output }, context) {
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const record = await newestRelease(place, context)
    const { info, version } = record
    const { maxOutputChars } = context.settings
    const data = { revision: version, status: info.status }
    const warning = pendingWarning(
      { status: info.status ?? '', modified: info.last_deployed, revision: version },
      context.now(),
    )
    const common = { namespace: place.namespace, data, ...(warning !== undefined && { warnings: [warning] }) }
    if (output === 'json' || output === 'yaml') {
      const head = {
        name: record.name,
        info: { ...info, notes: redactText(info.notes ?? '') },
        version,
        namespace: record.namespace,
        chart: record.chart?.metadata,
      }
      const cut = showObject(head, output, { most: maxOutputChars, narrow: 'output=table', total: 1 })
      return { ...common, output: cut.output, truncated: cut.truncated }
    }
    const lines = [
      ...headLines(record),
      ...(await resourceLines(record, context)),
      ...hookLines(record),
      ...notesOf(record),
    ]
    const cut = cutMiddle(lines.join('\n'), { most: maxOutputChars, narrow: 'helm_get_manifest' })
    return { ...common, output: cut.output, truncated: cut.truncated }
  },
})

function headLines(record: ReleaseRecord): Lines {
  const { name, namespace, version, info } = record
  return fields([
    ['NAME', name],
    ['LAST DEPLOYED', info.last_deployed],
    ['NAMESPACE', namespace],
    ['STATUS', info.status],
    ['REVISION', version],
    ['CHART', chartText(record)],
    ['DESCRIPTION', info.description],
  ])
}

async function resourceLines({ manifest = '', namespace }: ReleaseRecord, context: HelmContext): Promise<Lines> {
  const objects = await renderedObjects(manifest, context)
  const shown = objects.slice(0, MAX_RESOURCES)
  const rows: string[][] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < shown.length; index = next++) {
      const object = shown[index]
      if (object !== undefined)
        rows[index] = [object.kind, object.metadata.name, await stateOf(object, namespace, context)]
    }
  }
  await Promise.all(Array.from({ length: Math.min(8, shown.length) }, worker))
  const more = objects.length - shown.length
  const rest = more > 0 ? [`and ${more} more: helm_get_manifest`] : []
  return [...tableSection('RESOURCES', ['KIND', 'NAME', 'STATE'], rows), ...rest]
}

async function stateOf(object: KubeObject, namespace: string, { kube }: HelmContext): Promise<string> {
  try {
    const resource = await kube.resourceOf(object)
    if (resource === undefined) return 'its type is not served'
    const where = resource.namespaced ? { namespace: object.metadata.namespace ?? namespace } : {}
    const live = await kube.find({ resource, name: object.metadata.name, ...where })
    if (live === undefined) return 'missing'
    const state = live.apiVersion.startsWith('apps/') ? rolloutState(live) : undefined
    return state === undefined || state.done ? 'ready' : state.message
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Refused')) return 'may not be read'
    throw error
  }
}

function hookLines({ hooks = [] }: ReleaseRecord): Lines {
  return tableSection(
    'HOOKS',
    ['KIND', 'NAME', 'EVENTS', 'WEIGHT', 'LAST RUN'],
    hooks.map(({ kind, name, events = [], weight = 0, last_run }) => [
      kind,
      name,
      events.join(','),
      weight,
      last_run?.phase || 'never',
    ]),
  )
}

function notesOf({ info: { notes } }: ReleaseRecord): Lines {
  return notes === undefined || notes.trim() === '' ? [] : section('NOTES', redactText(notes).trim().split('\n'))
}
