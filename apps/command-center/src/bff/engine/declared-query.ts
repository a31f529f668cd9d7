import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { BffRefusal } from '../refusal.ts'

/** The query with the names that the endpoint declares, each once, encoded again. */
export function declaredQuery(endpoint: EndpointShape, search: string): string {
  const sent = new URLSearchParams(search)
  const declared = endpoint.query?.shape ?? {}
  const seen = new Set<string>()
  for (const name of sent.keys()) {
    if (!Object.hasOwn(declared, name)) throw refused(`Unknown parameter: ${name.slice(0, 100)}`)
    if (seen.has(name)) throw refused(`The parameter ${name} may stand there once.`)
    seen.add(name)
  }
  return queryText(sent)
}

export function queryText(query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

const refused = (detail: string) => new BffRefusal(400, 'invalid_query', detail)
