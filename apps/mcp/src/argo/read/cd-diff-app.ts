import { z } from 'zod'
import { name } from '../../input/object-params.ts'
import { cutItems } from '../../output/truncate.ts'
import {
  applicationNamespace,
  applicationTarget,
  asApplication,
  outOfSync,
  resourceText,
  revisionText,
  sourceText,
} from '../shared/application.ts'
import { defineTool } from '../shared/define-tool.ts'

export const argoCdDiffApp = defineTool({
  name: 'argo_cd_diff_app',
  title: 'Diff Argo CD Application',
  description:
    'List the objects of an Application that are not as its source has them, and what a sync would do to each.',
  group: 'argocd',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace: applicationNamespace }),
  async run(args, context) {
    const { kube, settings } = context
    const place = await applicationTarget(args, kube)
    const application = asApplication(await kube.read(place))
    const differing = outOfSync(application)
    const lines = differing.map((each) => {
      if (each.requiresPruning === true)
        return `- ${resourceText(each)}: no longer in the source; a sync that prunes deletes it`
      const isMissing = each.health?.status === 'Missing'
      return isMissing
        ? `+ ${resourceText(each)}: not there; a sync creates it`
        : `~ ${resourceText(each)}: a sync changes it`
    })
    const { sync } = application.status
    const head = `${place.namespace}/${args.name} is ${sync?.status ?? 'Unknown'} at ${revisionText(application) ?? 'no revision'} (${sourceText(application)})`
    const cut = cutItems(lines, { most: settings.maxOutputChars, narrow: 'k8s_describe of one object' })
    return {
      output: [head, ...(lines.length === 0 ? ['All of its objects are as its source has them.'] : [cut.output])].join(
        '\n',
      ),
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
      namespace: place.namespace,
      data: { sync: sync?.status, revision: sync?.revision },
      // What the source says stands in no object of the cluster.
      hint: 'This is what Argo CD has compared last. The texts themselves are in its source.',
    }
  },
})
