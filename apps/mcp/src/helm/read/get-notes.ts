import { z } from 'zod'
import { redactText } from '../../output/redact.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { defineTool } from '../shared/define-tool.ts'
import { releaseAt } from '../shared/newest-release.ts'
import { anyNamespace, release, revision } from '../shared/params.ts'

export const helmGetNotes = defineTool({
  name: 'helm_get_notes',
  title: 'Get Helm Release Notes',
  description: 'Show the notes that the chart left for the people who run a release.',
  group: 'helm-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ release_name: release, namespace: anyNamespace, revision }),
  async run({ release_name, namespace, revision }, context) {
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const { info, version } = await releaseAt(place, revision, context)
    const notes = redactText(info.notes ?? '').trim()
    const cut = cutMiddle(notes, { most: context.settings.maxOutputChars, narrow: 'helm_status' })
    return {
      output: notes === '' ? 'This revision has no notes.' : cut.output,
      namespace: place.namespace,
      truncated: cut.truncated,
      data: { revision: version },
    }
  },
})
