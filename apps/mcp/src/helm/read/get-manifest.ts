import { z } from 'zod'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { redactObject } from '../../output/redact.ts'
import { cutItems } from '../../output/truncate.ts'
import { yamlText } from '../../output/yaml-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease } from '../shared/newest-release.ts'
import { anyNamespace, release } from '../shared/params.ts'

export const helmGetManifest = defineTool({
  name: 'helm_get_manifest',
  title: 'Get Helm Release Manifest',
  description: 'Show the objects of a release as its newest revision wrote them. For their live state use helm_status.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace }),
  async run({ release_name, namespace }, context) {
    const { revealSecrets, maxOutputChars } = context.settings
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const { manifest = '', version } = await newestRelease(place, context)
    const objects = await renderedObjects(manifest, context)
    const documents = objects.map(
      (object) => `---\n${yamlText(redactObject(object, { reveal: revealSecrets })).trimEnd()}`,
    )
    const cut = cutItems(documents, {
      most: maxOutputChars,
      narrow: 'k8s_get on one of the objects',
      note: (text) => `# ${text}`,
    })
    return {
      output: documents.length === 0 ? 'The manifest of this release is empty.' : cut.output,
      namespace: place.namespace,
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
      data: { revision: version },
    }
  },
})
