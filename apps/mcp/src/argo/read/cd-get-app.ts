import { z } from 'zod'
import { name } from '../../input/object-params.ts'
import { redactObject } from '../../output/redact.ts'
import { fields, section, tableSection } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import {
  applicationNamespace,
  applicationTarget,
  asApplication,
  resourceText,
  revisionText,
  sourceText,
} from '../shared/application.ts'
import { defineTool } from '../shared/define-tool.ts'

export const argoCdGetApp = defineTool({
  name: 'argo_cd_get_app',
  title: 'Get Argo CD Application',
  description:
    'Show an Application: source, sync, health, its objects, the last sync, history. For what differs use argo_cd_diff_app.',
  group: 'argocd',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace: applicationNamespace }),
  async run(args, context) {
    const { kube, settings } = context
    const place = await applicationTarget(args, kube)
    const application = asApplication(redactObject(await kube.read(place)))
    const { spec, status } = application
    const { sync, health, operationState, conditions = [], resources = [], history = [] } = status
    const { automated } = spec.syncPolicy ?? {}
    const lines = [
      ...fields([
        ['NAME', application.metadata.name],
        ['PROJECT', spec.project],
        ['SOURCE', sourceText(application)],
        [
          'DESTINATION',
          `${spec.destination?.name ?? spec.destination?.server ?? ''}/${spec.destination?.namespace ?? ''}`,
        ],
        ['SYNC', `${sync?.status ?? 'Unknown'} (${revisionText(application) ?? 'no revision'})`],
        ['HEALTH', [health?.status ?? 'Unknown', health?.message].filter(Boolean).join(': ')],
        [
          'AUTOMATED',
          automated === undefined
            ? 'no'
            : `yes, prune ${automated.prune ?? false}, self-heal ${automated.selfHeal ?? false}`,
        ],
      ]),
      ...section('Last sync', [
        ...fields([
          ['PHASE', operationState?.phase],
          ['MESSAGE', operationState?.message],
          ['STARTED', operationState?.startedAt],
          ['FINISHED', operationState?.finishedAt],
        ]),
      ]),
      ...section(
        'Conditions',
        conditions.map(({ type = '', message = '' }) => `${type}: ${message}`),
      ),
      ...tableSection(
        'Objects',
        ['OBJECT', 'SYNC', 'HEALTH', 'MESSAGE'],
        resources.map((each) => [
          resourceText(each),
          each.status ?? '',
          each.health?.status ?? '',
          each.health?.message ?? '',
        ]),
      ),
      ...tableSection(
        'History',
        ['ID', 'REVISION', 'DEPLOYED'],
        history.slice(-10).map(({ id, revision = '', deployedAt = '' }) => [String(id ?? ''), revision, deployedAt]),
      ),
    ]
    const cut = cutMiddle(lines.join('\n'), { most: settings.maxOutputChars, narrow: 'argo_cd_diff_app' })
    return {
      output: cut.output,
      truncated: cut.truncated,
      namespace: place.namespace,
      data: { sync: sync?.status, health: health?.status, operation: operationState?.phase },
    }
  },
})
