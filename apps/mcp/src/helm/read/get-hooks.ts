import { z } from 'zod'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { defineTool } from '../shared/define-tool.ts'
import { releaseAt } from '../shared/newest-release.ts'
import { anyNamespace, release, revision } from '../shared/params.ts'
import { shownManifest } from '../shared/shown-manifest.ts'

export const helmGetHooks = defineTool({
  name: 'helm_get_hooks',
  title: 'Get Helm Release Hooks',
  description: 'Show the objects that a release runs before or after it is installed, upgraded, tested, deleted.',
  group: 'helm-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace, revision }),
  async run({ release_name, namespace, revision }, context) {
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const record = await releaseAt(place, revision, context)
    const hooks = (record.hooks ?? []).map(({ name, kind, events, weight, delete_policies, last_run }) => ({
      ...{ name, kind, events, weight: weight ?? 0, delete_policies, last_run: last_run?.phase },
    }))
    const manifests = (record.hooks ?? []).map(({ manifest }) => renderedObjects(manifest ?? '', context))
    const shown = shownManifest((await Promise.all(manifests)).flat(), context, {
      narrow: 'helm_status, which lists them',
      none: 'This release has no hooks.',
    })
    return { ...shown, namespace: place.namespace, data: { revision: record.version, hooks } }
  },
})
