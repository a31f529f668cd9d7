import { z } from 'zod'
import { duration } from '../../input/duration.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { nodeName } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { plainWord } from '../../input/plain-word.ts'
import { integer, text } from '../../input/reader.ts'
import { redactText } from '../../output/redact.ts'
import { cutToNewestLines } from '../../output/truncate.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { nodeProxyPath } from '../shared/nodes.ts'

export const k8sNodeLogs = defineTool({
  name: 'k8s_node_logs',
  title: 'Get Kubernetes Node Logs',
  description:
    'Show the log of a service of a node, as kubelet or containerd, or of a file in its /var/log. For pods use k8s_logs.',
  group: 'nodes',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    node_name: nodeName,
    query: required('query', text(logQuery), { description: 'A service (kubelet), or a file (/auth.log)' }),
    num_lines: optional('num_lines', integer(1, 10_000), 200),
    since: optional('since', text(duration), null, { description: 'e.g. 90s, 1h30m' }),
  }),
  async run({ node_name, query, num_lines, since }, { kube, settings, now }) {
    const sinceTime = since === null ? undefined : new Date(now().getTime() - since).toISOString()
    const isFile = query.startsWith('/')
    const said = await kube
      .text(nodeProxyPath(node_name, 'logs/'), {
        // Of a file the kubelet knows neither lines nor times.
        query: { query, ...(!isFile && { tailLines: num_lines, sinceTime }) },
      })
      .catch((error: unknown) => {
        throw isUnsupported(error) ? noQueries(node_name, query, error) : error
      })
    const lines = redactText(said).trimEnd().split('\n').slice(-num_lines)
    const cut = cutToNewestLines(lines, { most: settings.maxOutputChars, narrow: 'num_lines or since' })
    return {
      output: cut.output === '' ? 'No log lines in the selected window.' : cut.output,
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
    }
  },
})

function logQuery(parameter: string, value: string): string {
  const word = plainWord(parameter, value, 'A service has letters, digits, and .-_@:, a file begins with /.')
  if (
    !/^\/?[A-Za-z0-9][A-Za-z0-9._@:/-]{0,252}$/.test(word) ||
    word.includes('..') ||
    (!word.startsWith('/') && word.includes('/'))
  )
    throw new InvalidInput(
      `${parameter} ${JSON.stringify(value.slice(0, 80))} is no service or file. A service has letters, digits, and .-_@:, a file begins with /.`,
    )
  return word
}

function isUnsupported(error: unknown): boolean {
  return (
    error instanceof ToolError && (error.code === 'NotFound' || /query feature|system log handler/.test(error.message))
  )
}

function noQueries(node: string, query: string, cause: unknown): ToolError {
  return new ToolError('NotFound', `node "${node}" has no log "${query}", or answers no queries for logs.`, {
    hint: 'The kubelet answers them with enableSystemLogHandler, enableSystemLogQuery and the feature NodeLogQuery.',
    cause,
  })
}
