import { ToolError } from '../tool-error.ts'
import type { ApiResource } from './api-resource.ts'

/** Where this server may look. */
export type NamespaceScope = {
  /** Undefined: everywhere. */
  allowed: ReadonlySet<string> | undefined
  /** Holds credentials: no tool reads there, and its rows are left out of lists over all namespaces. */
  hidden: string | undefined
}

export const everywhere: NamespaceScope = { allowed: undefined, hidden: undefined }

const inNamespace = /^\/apis?\/(?:[^/]+\/)?[^/]+\/namespaces\/([^/?]+)\/./
const collection = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/([^/?]+)$/

/**
 * Refuses a path outside of the scope. Returns the field selector that keeps the hidden namespace's rows out of a list
 * over all namespaces, where there is one.
 */
export async function guardPath(
  path: string,
  { allowed, hidden }: NamespaceScope,
  served: () => Promise<readonly ApiResource[]>,
): Promise<string | undefined> {
  if (allowed === undefined && hidden === undefined) return undefined
  const [, named] = inNamespace.exec(path) ?? []
  if (named !== undefined) {
    const namespace = decodeURIComponent(named)
    if (namespace === hidden)
      throw new ToolError('Refused', `namespace ${namespace} holds credentials of integrations; no tool reads there.`)
    if (allowed !== undefined && !allowed.has(namespace)) {
      throw new ToolError(
        'Refused',
        `namespace ${namespace} is not among those of MCP_NAMESPACES: ${[...allowed].join(', ')}.`,
      )
    }
    return undefined
  }
  const [, group = '', version, plural] = collection.exec(path) ?? []
  if (plural === undefined) return undefined
  const resource = (await served()).find(
    (each) => each.group === group && each.version === version && each.plural === plural,
  )
  if (resource?.namespaced !== true) return undefined
  if (allowed !== undefined) {
    throw new ToolError(
      'Refused',
      `all namespaces are not open to this server, only ${[...allowed].join(', ')}: name one.`,
    )
  }
  return `metadata.namespace!=${hidden}`
}
