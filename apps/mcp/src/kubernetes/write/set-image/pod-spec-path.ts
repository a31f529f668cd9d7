import { InvalidInput } from '../../../input/invalid-input.ts'
import { shownValue } from '../../../input/shown-value.ts'
import { type ApiResource, typeName } from '../../../kube/discovery/api-resource.ts'
import { ToolError } from '../../../tool/tool-error.ts'

const inTemplate = ['spec', 'template', 'spec']
const paths: { [type: string]: readonly string[] | undefined } = {
  pod: ['spec'],
  replicationcontroller: inTemplate,
  'deployment.apps': inTemplate,
  'replicaset.apps': inTemplate,
  'statefulset.apps': inTemplate,
  'daemonset.apps': inTemplate,
  'cronjob.batch': ['spec', 'jobTemplate', ...inTemplate],
}

/** Where objects of a type keep the specification of their pods, as far as its images can be changed. */
export function podSpecPath(resource: ApiResource, requested: string): readonly string[] {
  const path = paths[typeName(resource)]
  if (path !== undefined) return path
  if (resource.group === 'argoproj.io' && resource.kind === 'Rollout') {
    throw new ToolError('Refused', 'the images of a Rollout are not set by k8s_set_image: use argo_set_image.')
  }
  const known = Object.keys(paths).map((type) => type.split('.')[0] ?? '')
  throw new InvalidInput(`resource_type ${shownValue(requested)} is not one of ${known.toSorted().join(', ')}.`)
}
