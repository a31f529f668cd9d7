import { z } from 'zod'
import { helmError } from '../../helm-cli/helm-error.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { defineTool } from '../shared/define-tool.ts'
import { chart } from '../shared/params.ts'

export const helmShowValues = defineTool({
  name: 'helm_show_values',
  title: 'Show Helm Chart Default Values',
  description: 'Show all values of a chart with their defaults and comments, as its authors wrote them.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ chart }),
  async run(args, { helm, settings }) {
    const fetched = await helm.fetchChart(args.chart, null)
    const end = await helm.run({ args: ['show', 'values'], operands: [fetched.path] })
    if (end.code !== 0) throw helmError(end)
    const cut = cutMiddle(end.stdout.trimEnd(), { most: settings.maxOutputChars, narrow: 'helm_template' })
    return {
      output: cut.output === '' ? 'The chart has no values.' : cut.output,
      truncated: cut.truncated,
      data: { digest: fetched.digest },
    }
  },
})
