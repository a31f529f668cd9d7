import type { Args } from '../fixtures/mcp-server.fixture.ts'

/** An object, or a part of it with a path of its own, as the API server's audit log names it. */
export type NamedObject = { resource: string; namespace?: string; name: string; subresource?: string }

const resources = new Map([
  ['configmap', 'configmaps'],
  ['deployment', 'deployments'],
  ['pod', 'pods'],
])

/**
 * The objects that a call's own arguments name, read as they stand and without the product: no others may be touched by
 * it, tried or done. A read names none, but for what `k8s_diff` tries.
 */
export function namedObjects(tool: string, args: Args, defaultNamespace: string): NamedObject[] {
  const { namespace = defaultNamespace } = args
  const one = (resource: string | undefined, name: unknown, subresource?: string): NamedObject[] => {
    if (resource === undefined || typeof name !== 'string' || typeof namespace !== 'string') return []
    return [{ resource, namespace: literal(namespace), name: literal(name), ...(subresource && { subresource }) }]
  }
  const typed = (name: unknown, subresource?: string) =>
    one(resources.get(String(args.resource_type)), name, subresource)
  switch (tool) {
    case 'k8s_rollout_undo':
    case 'k8s_rollout_restart':
    case 'k8s_patch':
    case 'k8s_delete':
      return typed(args.name)
    case 'k8s_scale':
      return typed(args.name, 'scale')
    case 'k8s_set_image':
      return typed(args.resource_name)
    case 'k8s_port_forward':
      return typed(args.resource_name, 'portforward')
    case 'k8s_exec':
      return one('pods', args.pod_name, 'exec')
    case 'k8s_run_pod':
      return one('pods', args.name)
    case 'k8s_cordon':
    case 'k8s_uncordon':
    case 'k8s_drain':
      return typeof args.node_name === 'string' ? [{ resource: 'nodes', name: literal(args.node_name) }] : []
    case 'k8s_apply':
    case 'k8s_diff': {
      const { kind, metadata } = parsed<Manifest>(args.content)
      return one(typeof kind === 'string' ? resources.get(kind.toLowerCase()) : undefined, metadata?.name)
    }
    case 'k8s_revert': {
      const { kind = '', namespace: place, name } = parsed<Reversions>(args.changes)[0]?.ref ?? {}
      const resource = resources.get(kind.toLowerCase())
      return resource && place && name ? [{ resource, namespace: place, name }] : []
    }
    default:
      return []
  }
}

/** Spaces around a word are no part of it; what merely looks like one is. */
function literal(word: string): string {
  return word.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
}

type Manifest = { kind?: unknown; metadata?: { name?: unknown } }
type Reversions = { ref?: { kind?: string; namespace?: string; name?: string } }[]

/** What is no JSON names nothing: it stands in place of the whole document. */
function parsed<T>(text: unknown): Partial<T> {
  try {
    return Object(JSON.parse(String(text))) as Partial<T>
  } catch {
    return {}
  }
}
