import { ToolError } from '../tool/tool-error.ts'
import type { ApiResource } from './discovery/api-resource.ts'
import { findResource } from './discovery/resolve-resource.ts'

/** Where this server may look. */
export type NamespaceScope = {
  /** Undefined: everywhere. */
  allowed: ReadonlySet<string> | undefined
  /** Holds credentials: no tool reads there, and its rows are left out of lists over all namespaces. */
  hidden: string | undefined
  /** Kinds that are neither read nor written, as `TYPE` or `TYPE.GROUP`. */
  denied: readonly string[]
  /** There no kind is denied: credentials are Secrets. */
  open?: string
}

export const everywhere: NamespaceScope = { allowed: undefined, hidden: undefined, denied: [] }

const inNamespace = /^\/apis?\/(?:[^/]+\/)?[^/]+\/namespaces\/([^/?]+)\/./
const namespaces = /^\/api\/v1\/namespaces(?:\/([^/?]+))?$/
const ofKubelet = /^\/api\/v1\/nodes\/[^/]+\/proxy\//
const oneName = /^metadata\.name=([^,]+)$/
const collection = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/([^/?]+)$/

const ofResource = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(?:namespaces\/[^/]+\/)?([^/?]+)/

/**
 * Refuses a path outside of the scope, the Namespace itself included. Returns the field selector that keeps the hidden
 * namespace's rows out of a list over all namespaces, where there is one.
 */
export async function guardPath(
  path: string,
  { allowed, hidden, denied, open }: NamespaceScope,
  served: () => Promise<readonly ApiResource[]>,
  fieldSelector = '',
): Promise<string | undefined> {
  const [, named] = inNamespace.exec(path) ?? []
  const isOpen = open !== undefined && named !== undefined && decodeURIComponent(named) === open
  if (denied.length > 0 && !isOpen) await requireKind(path, denied, served)
  if (allowed === undefined && hidden === undefined) return undefined
  if (named !== undefined) {
    const namespace = decodeURIComponent(named)
    if (namespace === hidden)
      throw new ToolError('Refused', `namespace ${namespace} holds credentials of integrations; no tool reads there.`)
    requireAllowed(namespace, allowed)
    return undefined
  }
  if (ofKubelet.test(path)) {
    // A kubelet tells of all that runs on its node.
    requireAllowed(undefined, allowed)
    return undefined
  }
  const itself = namespaces.exec(path)
  if (itself !== null) {
    // A watch of one is a list by its name.
    const name = itself[1] === undefined ? oneName.exec(fieldSelector)?.[1] : decodeURIComponent(itself[1])
    requireAllowed(name, allowed)
    return undefined
  }
  const [, group = '', version, plural] = collection.exec(path) ?? []
  if (plural === undefined) return undefined
  const resource = (await served()).find(
    (each) => each.group === group && each.version === version && each.plural === plural,
  )
  if (resource?.namespaced !== true) return undefined
  requireAllowed(undefined, allowed)
  return `metadata.namespace!=${hidden}`
}

/** Whatever a kind is called where it is denied, and by which version it is asked for. */
async function requireKind(
  path: string,
  denied: readonly string[],
  served: () => Promise<readonly ApiResource[]>,
): Promise<void> {
  const [, group = '', plural] = ofResource.exec(path) ?? []
  if (plural === undefined) return
  const resources = await served()
  const isDenied = denied.some((type) => {
    const found = findResource(type, resources)
    return (
      found !== undefined &&
      [found.used, ...found.others].some((each) => each.group === group && each.plural === plural)
    )
  })
  if (!isDenied) return
  const name = group === '' ? plural : `${plural}.${group}`
  throw new ToolError('Refused', `${name} are closed to this server, by MCP_DENIED_KINDS.`)
}

/** `namespace`: undefined for all of them. */
function requireAllowed(namespace: string | undefined, allowed: NamespaceScope['allowed']): void {
  if (allowed === undefined || (namespace !== undefined && allowed.has(namespace))) return
  const names = [...allowed].join(', ')
  throw new ToolError(
    'Refused',
    namespace === undefined
      ? `all namespaces are not open to this server, only ${names}: name one.`
      : `namespace ${namespace} is not among those of MCP_NAMESPACES: ${names}.`,
  )
}
