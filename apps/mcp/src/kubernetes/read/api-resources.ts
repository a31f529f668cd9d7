import { z } from 'zod'
import { keyword } from '../../input/free-text.ts'
import { optional } from '../../input/parameter.ts'
import { trimmed } from '../../input/plain-word.ts'
import { text } from '../../input/reader.ts'
import { type ApiResource, apiVersionOf } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { alignTable } from '../../output/table.ts'
import { cutRows } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'

export const k8sApiResources = defineTool({
  name: 'k8s_api_resources',
  title: 'List Kubernetes API Resources',
  description: 'List the resource types that the cluster serves, custom ones too. For their fields use k8s_explain.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    keyword: optional('keyword', text(keyword), null, { description: 'part of a name, kind or group' }),
  }),
  async run({ keyword }, { kube, settings }): Promise<ToolResult> {
    const types = await typesWith(keyword, kube)
    if (types.length === 0)
      return { output: `No resource types with ${JSON.stringify(keyword)}.`, total_items: 0, returned_items: 0 }
    const columns = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND']
    const rows = types.map(({ preferred, versions }) => [
      preferred.plural,
      preferred.shortNames.join(','),
      [apiVersionOf(preferred), ...versions].join(','),
      String(preferred.namespaced),
      preferred.kind,
    ])
    const [header, ...lines] = alignTable(columns, rows)
    const cut = cutRows(header, lines, { most: settings.maxOutputChars, narrow: 'keyword' })
    return { output: cut.output, truncated: cut.truncated, total_items: cut.total, returned_items: cut.returned }
  },
})

/** What is served now is asked only when nothing fits what was served some minutes ago. */
async function typesWith(keyword: string | null, kube: Kube) {
  const known = groupVersions(filtered(await kube.resources(), keyword))
  return known.length > 0 ? known : groupVersions(filtered(await kube.resources({ refresh: true }), keyword))
}

function filtered(resources: readonly ApiResource[], keyword: string | null): readonly ApiResource[] {
  if (keyword === null) return resources
  const word = trimmed(keyword).toLowerCase()
  return resources.filter(({ plural, singular, kind, group, shortNames, categories }) =>
    [plural, singular, kind, group, ...shortNames, ...categories].some((each) => each.toLowerCase().includes(word)),
  )
}

/** Each type once, in the version that the server prefers, with the others that it serves. */
function groupVersions(resources: readonly ApiResource[]): { preferred: ApiResource; versions: string[] }[] {
  const types = Map.groupBy(resources, ({ group, plural }) => `${plural}.${group}`)
  return [...types.values()].flatMap(([preferred, ...others]) =>
    preferred === undefined ? [] : [{ preferred, versions: others.map(({ version }) => version) }],
  )
}
