import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { requireNameOfKind } from '../../input/names.ts'
import { name, namespace, type } from '../../input/object-params.ts'
import { eventLines } from '../../kube/events/event-lines.ts'
import { ageOf } from '../../output/age.ts'
import { isTooDeepToShow, withoutDeepLevels } from '../../output/deep-levels.ts'
import { redactObject } from '../../output/redact.ts'
import { fields, type Lines, section } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { layoutOf } from './describe/layouts.ts'

export const k8sDescribe = defineTool({
  name: 'k8s_describe',
  title: 'Describe Kubernetes Resource',
  description: 'Show one object with what it refers to and its events. To list objects use k8s_get.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, resource_type: type, namespace }),
  async run({ name, resource_type, namespace }, context): Promise<ToolResult> {
    requireNameOfKind('name', name, resource_type)
    const resource = await context.kube.resolve(resource_type)
    const used = resource.namespaced ? (namespace ?? context.defaultNamespace) : undefined
    const read = await context.kube.read({ resource, namespace: used, name })
    // A description of a Secret has its keys and sizes alone, whatever else may be shown.
    const object = redactObject(withoutDeepLevels(read), {
      reveal: context.settings.revealSecrets && read.kind !== 'Secret',
    })
    const [body, events] = await Promise.all([layoutOf(object)(object, context), eventLines(object, context)])
    const cut = cutMiddle([...headOf(object, context.now()), ...body, ...events].join('\n'), {
      most: context.settings.maxOutputChars,
      narrow: 'k8s_get on the parts',
    })
    return { output: cut.output, namespace: used, truncated: cut.truncated || isTooDeepToShow(read) }
  },
})

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

function headOf({ kind, apiVersion, metadata }: KubeObject, now: Date): Lines {
  const { [lastApplied]: _, ...annotations } = metadata.annotations ?? {}
  return [
    ...fields([
      ['Name', metadata.name],
      ['Namespace', metadata.namespace],
      ['Kind', `${kind} (${apiVersion})`],
      ['Created', `${metadata.creationTimestamp} (${ageOf(metadata.creationTimestamp, now)} ago)`],
      ['Deleting since', metadata.deletionTimestamp],
      ['Finalizers', metadata.finalizers],
      ['Controlled by', metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`)],
    ]),
    ...section('Labels', pairsOf(metadata.labels)),
    ...section('Annotations', pairsOf(annotations)),
  ]
}

function pairsOf(pairs: Record<string, string> = {}): Lines {
  return Object.entries(pairs).map(([key, value]) => `${key}=${value}`)
}
