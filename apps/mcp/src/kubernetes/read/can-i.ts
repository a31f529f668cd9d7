import { z } from 'zod'
import { InvalidInput } from '../../input/invalid-input.ts'
import { objectName, requireNameOfKind, subresourceName } from '../../input/names.ts'
import { anyNamespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { oneOf, text } from '../../input/reader.ts'
import { resourceType } from '../../input/resource-type.ts'
import type { ApiResource } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { redactText } from '../../output/redact.ts'
import { alignTable } from '../../output/table.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { showRules } from './can-i/show-rules.ts'

const usualVerbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const
const verbs = [
  ...usualVerbs,
  'deletecollection',
  'approve',
  'bind',
  'escalate',
  'impersonate',
  'sign',
  'use',
  '*',
] as const

type Verb = (typeof verbs)[number]

const input = z.object({
  verb: optional('verb', oneOf(verbs), null),
  resource_type: optional('resource_type', text(resourceType), null),
  namespace: anyNamespace,
  name: optional('name', text(objectName), null),
  subresource: optional('subresource', text(subresourceName), null, { description: 'as in log, exec, scale' }),
})

type Args = z.output<typeof input>

export const k8sCanI = defineTool({
  name: 'k8s_can_i',
  title: 'Check Kubernetes Access',
  description:
    'Ask whether a request would be allowed; without verb of every usual verb, without both list all rights.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input,
  async run(args, context): Promise<ToolResult> {
    const { resource_type } = args
    if (resource_type === null) {
      requireNothingElse(args)
      const namespace = args.namespace ?? context.defaultNamespace
      return { ...(await showRules(namespace, context)), namespace }
    }
    if (args.name !== null) requireNameOfKind('name', args.name, resource_type)
    const resource = await context.kube.resolve(resource_type)
    requireSubresource(resource, args.subresource)
    const namespace = resource.namespaced ? (args.namespace ?? context.defaultNamespace) : undefined
    const query = { resource, namespace, name: args.name, subresource: args.subresource }
    return {
      ...(args.verb === null ? await askAll(query, context) : await askOne(args.verb, query, context)),
      namespace,
    }
  },
})

function requireNothingElse({ verb, name, subresource }: Args): void {
  const [given] = Object.entries({ verb, name, subresource }).filter(([, value]) => value !== null)
  if (given !== undefined) throw new InvalidInput(`${given[0]} needs resource_type.`)
}

function requireSubresource({ plural, subresources }: ApiResource, query: string | null): void {
  if (query === null || subresources.includes(query)) return
  const known = subresources.length === 0 ? 'It has none.' : `It has ${subresources.toSorted().join(', ')}.`
  throw new ToolError('NotFound', `${plural} has no subresource "${query}". ${known}`)
}

type Query = {
  resource: ApiResource
  namespace: string | undefined
  name: string | null
  subresource: string | null
}

type Answer = { allowed: boolean; reason: string }

async function askOne(verb: Verb, query: Query, context: KubeContext): Promise<ToolResult> {
  const { allowed, reason } = await ask(verb, query, context)
  const sentence = `${allowed ? 'yes' : 'no'}: ${verb} ${wordsOf(query)}`
  return { output: reason === '' ? sentence : `${sentence} (${reason})`, data: { allowed, reason } }
}

async function askAll(query: Query, context: KubeContext): Promise<ToolResult> {
  const rows = await Promise.all(usualVerbs.map(async (verb) => ({ verb, ...(await ask(verb, query, context)) })))
  const lines = rows.map(({ verb, allowed, reason }) => [verb, allowed ? 'yes' : 'no', reason])
  const output = [`${wordsOf(query)}:`, ...alignTable(['VERB', 'ALLOWED', 'REASON'], lines)].join('\n')
  return { output, data: { rows } }
}

async function ask(
  verb: Verb,
  { resource, namespace, name, subresource }: Query,
  { kube }: KubeContext,
): Promise<Answer> {
  type Status = { allowed?: boolean; reason?: string; evaluationError?: string }
  const { group, version, plural } = resource
  const {
    allowed = false,
    reason,
    evaluationError,
  } = await kube.review<Status>({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb,
        group,
        version,
        resource: plural,
        ...(namespace !== undefined && { namespace }),
        ...(name !== null && { name }),
        ...(subresource !== null && { subresource }),
      },
    },
  })
  return { allowed, reason: redactText([reason, evaluationError].filter(Boolean).join('; ')) }
}

/** `pods/log "web" in namespace shop`. */
function wordsOf({ resource: { plural, group }, namespace, name, subresource }: Query): string {
  const type = `${plural}${group === '' ? '' : `.${group}`}${subresource === null ? '' : `/${subresource}`}`
  const named = name === null ? type : `${type} "${name}"`
  return namespace === undefined ? named : `${named} in namespace ${namespace}`
}
