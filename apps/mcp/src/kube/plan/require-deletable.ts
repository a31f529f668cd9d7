import type { ToolSettings } from '../../tool/tool-context.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'

/** Refuses to delete what a cluster or this server cannot do without. */
export function requireDeletable(target: Target, settings: ToolSettings): void {
  if (settings.allowProtected) return
  const why = protection(target, settings)
  if (why === undefined) return
  throw new ToolError('Refused', `${describeTarget(target)} is not deleted: ${why}.`, {
    hint: 'An operator can allow it by MCP_ALLOW_PROTECTED=true.',
  })
}

function protection({ resource, namespace, name }: Target, settings: ToolSettings): string | undefined {
  const { protectedNamespaces, self } = settings
  if (resource.group === '' && resource.kind === 'Namespace') {
    if (name === 'default' || protectedNamespaces.has(name)) return 'the namespace is protected'
    if (name === self?.namespace) return 'this server runs in it'
  }
  if (resource.group === '' && resource.kind === 'Node') return 'nodes are protected'
  if (!resource.namespaced) return undefined
  if (namespace !== undefined && protectedNamespaces.has(namespace)) return `namespace ${namespace} is protected`
  if (self === undefined || namespace !== self.namespace) return undefined
  if (resource.group === 'apps' && resource.kind === 'Deployment' && name === self.deployment)
    return 'this server runs by it'
  if (resource.group === '' && resource.kind === 'ServiceAccount' && name === self.serviceAccount) {
    return 'this server acts as it'
  }
  return undefined
}
