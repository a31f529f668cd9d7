import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'

export type EndpointName = keyof typeof endpoints
export type Matched = {
  name: EndpointName
  endpoint: EndpointShape
  /** Below the API's base, built again from the pattern and the parameters. */
  path: string
}
export type NotMatched = { allow: readonly string[] } | 'unknown' | 'malformed'

/** What a terminal client may call beside what a browser may: no browser can make it look like one. */
const tokenEndpoints: readonly EndpointName[] = ['login', 'issueRefresh', 'logoutToken']

const parameters: Readonly<Record<string, RegExp>> = {
  id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  run_id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  call_id: /^(?!\.\.?$)[A-Za-z0-9._:-]{1,128}$/,
  integration_id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  server_id: /^(?:builtin|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
  tool: /^(?!\.\.?$)[A-Za-z0-9._:-]{1,128}$/,
  sha256: /^[0-9a-f]{64}$/,
}

type Entry = { name: EndpointName; endpoint: EndpointShape; segments: readonly string[] }

const entries: readonly Entry[] = Object.entries(endpoints)
  .filter(([, endpoint]: [string, EndpointShape]) => endpoint.atRoot !== true)
  .map(([name, endpoint]: [string, EndpointShape]) => ({
    name: name as EndpointName,
    endpoint,
    segments: endpoint.path.slice(1).split('/'),
  }))

const forBrowser = entries.filter(({ endpoint }) => endpoint.serverOnly !== true)
const forTerminal = entries.filter(
  ({ name, endpoint }) => endpoint.serverOnly !== true || tokenEndpoints.includes(name),
)

/** Parameters of the contract that no pattern is known for: such an endpoint is unreachable. */
export const unknownParameters: readonly string[] = entries
  .flatMap(({ segments }) => segments)
  .filter((segment) => segment.startsWith(':') && !Object.hasOwn(parameters, segment.slice(1)))

export type EndpointRequest = { method: string; path: string; isTerminal: boolean }

/** Finds the endpoint for a plain path below the API's base, as it was sent. */
export function matchEndpoint({ method, path, isTerminal }: EndpointRequest): Matched | NotMatched {
  const sent = path
    .replace(/(?<=.)\/$/, '')
    .slice(1)
    .split('/')
  const known = isTerminal ? forTerminal : forBrowser
  const alike = known.filter(({ segments }) => segments.length === sent.length && isLiterally(segments, sent))
  if (alike.length === 0) return 'unknown'
  const fitting = alike.filter(({ segments }) => segments.every((segment, at) => fits(segment, sent[at] ?? '')))
  if (fitting.length === 0) return 'malformed'
  // `/approvals/decisions` is itself, and no call of that name.
  const literals = ({ segments }: Entry) => segments.filter((segment) => !segment.startsWith(':')).length
  const most = Math.max(...fitting.map(literals))
  const closest = fitting.filter((entry) => literals(entry) === most)
  const found = closest.find(({ endpoint }) => endpoint.method === method)
  if (found === undefined) return { allow: closest.map(({ endpoint }) => endpoint.method) }
  const { name, endpoint, segments } = found
  const built = segments.map((segment, at) => (segment.startsWith(':') ? encoded(sent[at] ?? '') : segment))
  return { name, endpoint, path: `/${built.join('/')}` }
}

function isLiterally(segments: readonly string[], sent: readonly string[]): boolean {
  return segments.every((segment, at) => segment.startsWith(':') || segment === sent[at])
}

function fits(segment: string, sent: string): boolean {
  return !segment.startsWith(':') || (parameters[segment.slice(1)]?.test(decodeURIComponent(sent)) ?? false)
}

function encoded(sent: string): string {
  return encodeURIComponent(decodeURIComponent(sent))
}
