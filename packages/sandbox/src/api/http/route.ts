import type { Resource, Resources } from '../store/resource.ts'
import { ApiStatusError, noSuchResource } from '../values/api-status-error.ts'

/** What a path of the API points at. */
export type Route = {
  resource: Resource
  /** Undefined: all namespaces, or a cluster-scoped resource. */
  namespace: string | undefined
  name: string | undefined
  subresource: string
}

/** The place that a path names; undefined when it is no path of a resource. Throws ApiStatusError when nothing is served there. */
export function routeOf(resources: Resources, path: string): Route | undefined {
  const [root, ...steps] = path.split('/').slice(1).map(decodeStep)
  if (root !== 'api' && root !== 'apis') return undefined
  const group = root === 'api' ? '' : (steps.shift() ?? '')
  const version = steps.shift() ?? ''
  if (steps.length === 0) return undefined
  if (steps.at(-1) === '') steps.pop() // a slash at the end means nothing
  let namespace: string | undefined
  let isNamespacePath = false
  if (steps[0] === 'namespaces' && steps.length > 2 && !['status', 'finalize'].includes(steps[2] ?? '')) {
    namespace = steps[1]
    isNamespacePath = true
    steps.splice(0, 2)
  }
  const [plural = '', name, subresource = '', ...rest] = steps
  const resource = resources.find(group, version, plural)
  if (resource === undefined) {
    const isServed = resources.all.some((each) => each.group === group && each.version === version)
    throw isServed ? noSuchResource() : new ApiStatusError(404, '', '404 page not found')
  }
  if (rest.length > 0 || resource.isNamespaced !== isNamespacePath) {
    const isEverywhere = resource.isNamespaced && rest.length === 0
    if (!isEverywhere) throw noSuchResource()
  }
  return { resource, namespace, name, subresource }
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    throw noSuchResource()
  }
}
