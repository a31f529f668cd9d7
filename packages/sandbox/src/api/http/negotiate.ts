import { ApiStatusError } from '../values/api-status-error.ts'

export type Accepted = {
  contentType: 'application/json' | 'application/yaml'
  /** The form that the client accepts. */
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'
}

const forms = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList']

/** The first form of an Accept header that there is. Throws ApiStatusError when there is none. */
export function negotiate(header: string | undefined, { isDiscovery = false } = {}): Accepted {
  const parts = (header ?? '').split(',').map((each) => each.trim())
  if (header === undefined || header === '') return { contentType: 'application/json', as: 'object' }
  for (const part of parts) {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim())
    const given = Object.fromEntries(parameters.map((each) => each.split('=') as [string, string]))
    const contentType = type === 'application/yaml' ? 'application/yaml' : 'application/json'
    if (!/^(application\/(json|yaml|\*)|\*\/\*)$/.test(type)) continue
    if (given.as === undefined) return { contentType, as: 'object' }
    if (!forms.includes(given.as)) continue
    if (given.as === 'APIGroupDiscoveryList') {
      if (isDiscovery && given.v === 'v2') return { contentType, as: 'APIGroupDiscoveryList' }
      continue
    }
    if (!isDiscovery && given.g === 'meta.k8s.io' && given.v === 'v1')
      return { contentType, as: given.as as Accepted['as'] }
  }
  throw new ApiStatusError(406, 'NotAcceptable', notAcceptable, {})
}

const notAcceptable =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
