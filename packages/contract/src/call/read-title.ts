import { argoTitles } from './argo-titles.ts'
import { type Args, count, inPlace, listed, place, quoted, type Titles, text, words } from './argument-words.ts'
import { helmTitles } from './helm-titles.ts'
import { jenkinsTitles } from './jenkins-titles.ts'
import { type Named, namedKind } from './kind-words.ts'

/** A call that only looks, as far as its words need it. */
export type ReadCall = { tool: string; args: unknown }

/**
 * What was read, in the words of a person: `Pods in all namespaces`, `Logs of checkout-z6mp, 30 lines, in shop`. Undefined
 * for a tool that is not known here, and where the arguments do not say what they should.
 */
export function readTitle({ tool, args }: ReadCall): string | undefined {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined
  const words = titles.get(tool)?.(args as Args)
  if (words === undefined) return undefined
  const context = text(args as Args, 'context')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${context === undefined ? '' : `, on ${context}`}`
}

const sentences: Titles = {
  k8s_get: (args) => objects(args),
  k8s_describe: (args) => withName(args, (object) => `${object} and its events`),
  k8s_logs: (args) => {
    const pod = text(args, 'pod_name')
    if (pod === undefined) return undefined
    const [type = pod, name] = pod.split('/')
    const label = text(args, 'label_selector')
    const of = pod === '*' ? 'pods' : name === undefined ? pod : `${namedKind(type).one} ${name}`
    return listed([
      `logs of ${of}${label === undefined ? '' : ` with ${label}`}`,
      count(args, 'num_lines', 'line'),
      args.previous === true && 'of the run before',
      quoted(args, 'since', 'since'),
      quoted(args, 'since_time', 'since'),
      quoted(args, 'container_name', 'container'),
      quoted(args, 'grep', 'matching'),
      quoted(args, 'exclude', 'without'),
      place(args, 'in'),
    ])
  },
  k8s_rollout_status: (args) => withName({ resource_type: 'deployment', ...args }, (object) => `roll-out of ${object}`),
  k8s_rollout_history: (args) => {
    const revision = typeof args.revision === 'number' ? `revision ${args.revision}` : 'revisions'
    return withName(args, (object) => `${revision} of ${object}`)
  },
  k8s_events: (args) => {
    const [kind, name, types] = [text(args, 'kind'), text(args, 'name'), text(args, 'types')]
    const of = kind === undefined ? name : name === undefined ? namedKind(kind).many : `${namedKind(kind).one} ${name}`
    const events = `${types === undefined ? '' : `${types} `}events${of === undefined ? '' : ` of ${of}`}`
    return listed([inPlace(events, args), quoted(args, 'since', 'since')])
  },
  k8s_top_pods: (args) => {
    const [name, label] = [text(args, 'pod_name'), text(args, 'label_selector')]
    const pods = name === undefined ? 'pods' : `Pod ${name}`
    return inPlace(`use of CPU and memory by ${pods}${label === undefined ? '' : ` with ${label}`}`, args)
  },
  k8s_top_nodes: (args) => {
    const name = text(args, 'node_name')
    return `use of CPU and memory by ${name === undefined ? 'nodes' : `Node ${name}`}`
  },
  k8s_cluster_info: () => 'about the cluster',
  k8s_node_logs: (args) => {
    const [name, query] = [text(args, 'node_name'), text(args, 'query')]
    return name === undefined || query === undefined ? undefined : `log of ${query} on Node ${name}`
  },
  k8s_node_stats: (args) => {
    const name = text(args, 'node_name')
    return name === undefined ? undefined : `what Node ${name} uses`
  },
  k8s_tree: (args) => withName(args, (object) => `what owns and is owned by ${object}`),
  k8s_contexts: () => 'clusters that can be named',
  k8s_api_resources: (args) => listed(['resource types', quoted(args, 'keyword', 'matching')]),
  k8s_explain: (args) => {
    const [type, field] = [text(args, 'resource_type'), text(args, 'field')]
    if (type === undefined) return undefined
    return field === undefined ? `fields of ${namedKind(type).many}` : `field ${field} of ${namedKind(type).many}`
  },
  k8s_can_i: (args) => {
    const [verb, type, name] = [text(args, 'verb'), text(args, 'resource_type'), text(args, 'name')]
    const object = type === undefined ? '' : ` ${namedKind(type).many}${name === undefined ? '' : ` named ${name}`}`
    const right = verb === undefined ? `rights${object === '' ? '' : ` on${object}`}` : `right to ${verb}${object}`
    return inPlace(right, args)
  },
  k8s_whoami: () => 'who asks the cluster',
  k8s_diff: (args) => listed(['what applying manifests would change', place(args, 'in')], ' '),
  k8s_exec: (args) => {
    const [pod, command] = [text(args, 'pod_name'), words(args.argv) ?? text(args, 'command')]
    return pod === undefined || command === undefined
      ? undefined
      : listed([`output of ${command} in ${pod}`, place(args, 'of')], ' ')
  },
  wait_for_x_seconds: (args) => (typeof args.seconds === 'number' ? `a wait of ${args.seconds} s` : undefined),
  load_toolset: (args) => {
    const toolset = text(args, 'toolset')
    if (toolset === undefined) return undefined
    return `tools of ${toolset}${String(args.include_write_tools) === 'true' ? ', those that write too' : ''}`
  },
}
const titles = new Map(Object.entries({ ...sentences, ...argoTitles, ...helmTitles, ...jenkinsTitles }))

/** `Pods of shop`, `Deployment web of shop`, `Pods, Services in all namespaces`. */
function objects(args: Args): string | undefined {
  const type = text(args, 'resource_type')
  if (type === undefined) return undefined
  const name = text(args, 'name')
  if (name !== undefined) return withName(args, (object) => object)
  const many = listOf(type, 'many')
  const [label, field] = [text(args, 'label_selector'), text(args, 'field_selector')]
  return listed(
    [inPlace(many, args), label !== undefined && `with ${label}`, field !== undefined && `where ${field}`],
    ' ',
  )
}

/** `Deployment web of shop` in its sentence; the name may hold the type, as in `deployment/web`. */
function withName(args: Args, sentence: (object: string) => string): string | undefined {
  const [given, name] = [text(args, 'resource_type'), text(args, 'name')]
  if (given === undefined || name === undefined) return undefined
  return sentence(listed([`${listOf(given, 'one')} ${name}`, place(args, 'of')], ' '))
}

function listOf(types: string, form: keyof Named): string {
  return types
    .split(',')
    .map((type) => namedKind(type.trim())[form])
    .join(', ')
}
