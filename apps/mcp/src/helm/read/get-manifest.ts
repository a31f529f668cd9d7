import { z } from 'zod'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease } from '../shared/newest-release.ts'
import { anyNamespace, release } from '../shared/params.ts'
import { shownManifest } from '../shared/shown-manifest.ts'

export const helmGetManifest = defineTool({
  name: 'helm_get_manifest',
  title: 'Get Helm Release Manifest',
  description: 'Show the objects of a release as its newest revision wrote them. For their live state use helm_status.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace }),
  async run({ release_name, namespace }, context) {
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const { manifest = '', version } = await newestRelease(place, context)
    const shown = shownManifest(await renderedObjects(manifest, context), context, {
      narrow: 'k8s_get on one of the objects',
      none: 'The manifest of this release is empty.',
    })
    return { ...shown, namespace: place.namespace, data: { revision: version } }
  },
})
