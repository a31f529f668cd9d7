import { ToolError } from '../tool/tool-error.ts'
import type { ApiResource } from './discovery/api-resource.ts'

/** Where this server may look. */
export type NamespaceScope = {
  /** Undefined: everywhere. */
  allowed: ReadonlySet<string> | undefined
  /** Holds credentials: no tool reads there, and its rows are left out of lists over all namespaces. */
  hidden: string | undefined
}

export const everywhere: NamespaceScope = { allowed: undefined, hidden: undefined }

const inNamespace = /^\/apis?\/(?:[^/]+\/)?[^/]+\/namespaces\/([^/?]+)\/./
const namespaces = /^\/api\/v1\/namespaces(?:\/([^/?]+))?$/
const ofKubelet = /^\/api\/v1\/nodes\/[^/]+\/proxy\//
const oneName = /^metadata\.name=([^,]+)$/
const collection = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/([^/?]+)$/

/**
 * Refuses a path outside of the scope, the Namespace itself included. Returns the field selector that keeps the hidden
 * namespace's rows out of a list over all namespaces, where there is one.
 */
export async function guardPath(
  path: string,
  { allowed, hidden }: NamespaceScope,
  served: () => Promise<readonly ApiResource[]>,
  fieldSelector = '',
): Promise<string | undefined> {
  if (allowed === undefined && hidden === undefined) return undefined
  const [, named] = inNamespace.exec(path) ?? []
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
