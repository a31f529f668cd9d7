import { strategyOf } from '../kinds/strategies.ts'
import { DecodeError, decode } from '../schema/decode.ts'
import { apiVersionOf, type Resource } from '../store/resource.ts'
import { badRequest } from '../values/api-status-error.ts'
import { isObject, type JsonObject } from '../values/json.ts'

type Validation = { fieldValidation?: 'Strict' | 'Warn' | 'Ignore'; warn?: (text: string) => void }

/** A body as an object of its kind, with the defaults of the server. Throws ApiStatusError. */
export function readBody(resource: Resource, body: JsonObject, options: Validation): JsonObject {
  const { kind, version } = resource
  const givenKind = typeof body.kind === 'string' ? body.kind : ''
  const givenVersion = typeof body.apiVersion === 'string' ? body.apiVersion : ''
  if (givenKind !== '' && givenKind !== kind) {
    throw badRequest(
      `${givenKind} in version "${versionOf(givenVersion || apiVersionOf(resource))}" cannot be handled as a ${kind}: converting (${versionOf(givenVersion || apiVersionOf(resource))}.${givenKind}) to (${internalGroup(resource)}.${kind}): unknown conversion`,
    )
  }
  if (givenVersion !== '' && givenVersion !== apiVersionOf(resource)) {
    throw badRequest(
      `the API version in the data (${givenVersion}) does not match the expected API version (${apiVersionOf(resource)})`,
    )
  }
  const lead = `${kind} in version "${version}" cannot be handled as a ${kind}`
  const { value, unknown } = decoded(resource, body, lead)
  if (unknown.length > 0) reportUnknown(unknown, lead, options)
  const result: JsonObject = { ...value, kind, apiVersion: apiVersionOf(resource) }
  if (!isObject(result.metadata)) result.metadata = {}
  strategyOf(resource).setDefaults?.(result)
  return result
}

function decoded(resource: Resource, body: JsonObject, lead: string) {
  try {
    return decode(resource.type, body)
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${lead}: ${error.message}`)
    throw error
  }
}

/** Unknown fields are an error, a warning, or nothing: by what the request says. */
export function reportUnknown(
  unknown: readonly string[],
  lead: string,
  { fieldValidation = 'Warn', warn }: Validation,
): void {
  const said = unknown.toSorted().map((path) => `unknown field ${JSON.stringify(path)}`)
  if (fieldValidation === 'Strict')
    throw badRequest(`${lead === '' ? '' : `${lead}: `}strict decoding error: ${said.join(', ')}`)
  if (fieldValidation === 'Warn') for (const text of said) warn?.(text)
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.lastIndexOf('/') + 1)
}

function internalGroup({ group }: Resource): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group)
}
