import { z } from 'zod'
import { redactText } from '../../output/redact.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { defineTool } from '../shared/define-tool.ts'
import { chart, optionalValues, version } from '../shared/params.ts'
import { valuesOf } from '../shared/plan-chart.ts'

export const helmLint = defineTool({
  name: 'helm_lint',
  title: 'Lint Helm Chart',
  description: 'Check a chart, with values, for faults. What it renders is shown by helm_template.',
  group: 'helm-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({ chart, values: optionalValues, version }),
  async run(args, context) {
    const { helm, settings } = context
    const values = args.values === null ? undefined : await valuesOf(args.values, context)
    const { path, digest } = await helm.fetchChart(args.chart, args.version)
    const end = await helm.run({
      args: ['lint', ...(values === undefined ? [] : ['--values=-'])],
      operands: [path],
      ...(values !== undefined && { stdin: JSON.stringify(values) }),
    })
    // Where the archive lies here says nothing to anybody.
    const said = [end.stdout, ...(end.code === 0 ? [] : [end.stderr])].join('\n').replaceAll(path, args.chart).trim()
    const cut = cutMiddle(redactText(said), { most: settings.maxOutputChars, narrow: 'fewer values' })
    return { output: cut.output, truncated: cut.truncated, data: { passed: end.code === 0, digest } }
  },
})
