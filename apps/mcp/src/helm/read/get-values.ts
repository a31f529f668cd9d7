import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { showObject } from '../../kube/show-objects.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease } from '../shared/newest-release.ts'
import { anyNamespace, format, release } from '../shared/params.ts'
import { readableValues } from '../shared/shown-values.ts'

export const helmGetValues = defineTool({
  name: 'helm_get_values',
  title: 'Get Helm Release Values',
  description:
    'Show the values that were given for a release; secrets by their name are hidden. For all that can be set use helm_show_values.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace, output: optional('output', format, 'yaml') }),
  async run({ release_name, namespace, output }, context) {
    const { revealSecrets, maxOutputChars } = context.settings
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const { config, version } = await newestRelease(place, context)
    const data = { revision: version }
    if (config === undefined || config === null || Object.keys(config).length === 0)
      return {
        output: 'null\nNo values were given for this release: those of its chart hold.',
        namespace: place.namespace,
        data,
      }
    const shown = (revealSecrets ? config : readableValues(config)) as object
    const cut = showObject(shown, output === 'json' ? 'json' : 'yaml', {
      most: maxOutputChars,
      narrow: 'helm_get_manifest',
      total: 1,
    })
    const text = output === 'table' ? `USER-SUPPLIED VALUES:\n${cut.output}` : cut.output
    return { output: text, namespace: place.namespace, truncated: cut.truncated, data }
  },
})
