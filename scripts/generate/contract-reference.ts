import type { EndpointShape } from '../../packages/contract/src/endpoints/define-endpoint.ts'
import { endpoints } from '../../packages/contract/src/endpoints/endpoints.ts'
import { refusals } from '../../packages/contract/src/errors.ts'
import { runEvent } from '../../packages/contract/src/events/run-event.ts'
import { userEvent } from '../../packages/contract/src/events/user-event.ts'
import type { Artifact } from './artifact.ts'

/** The reference pages of endpoints, events and errors, from their declarations in `packages/contract`. */
export const contractReference: readonly Artifact[] = [
  { path: 'docs/reference/endpoints.md', make: async () => endpointsPage() },
  { path: 'docs/reference/events.md', make: async () => eventsPage() },
  { path: 'docs/reference/errors.md', make: async () => errorsPage() },
]

function endpointsPage(): string {
  const rows = Object.entries(endpoints as Record<string, EndpointShape>).map(([name, endpoint]) => {
    const { method, path, access, answers, atRoot, query, input } = endpoint
    const takes = [
      ...Object.keys(query?.shape ?? {}).map((key) => `\`?${key}\``),
      ...(input === undefined ? [] : ['a body']),
    ].join(' ')
    return `| \`${name}\` | ${method} | \`${atRoot ? '' : '/api/v1'}${path}\` | ${access} | ${takes} | ${answers} |`
  })
  return page('Endpoints', 'endpoints', [
    'Paths are those of the default base path, `API_V1_STR`. Names of path parameters begin with a colon.',
    '',
    '| name | method | path | who may | takes | answers |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ])
}

type EventSchema = { shape: { type: { value: string } } & Record<string, unknown> }

function eventsPage(): string {
  const rows = (options: readonly EventSchema[]) =>
    options.map(({ shape }) => {
      const own = Object.keys(shape).filter((key) => !['type', 'run_id', 'conversation_id', 'timestamp'].includes(key))
      return `| \`${shape.type.value}\` | ${own.map((key) => `\`${key}\``).join(', ')} |`
    })
  return page('Events', 'events', [
    'Each event also carries `type`, its name. Events of a run carry `run_id` and `conversation_id`, and all but the text',
    'pieces a `timestamp` in milliseconds since 1970.',
    '',
    '## Of a run',
    '',
    '| event | own fields |',
    '| --- | --- |',
    ...rows(runEvent.options),
    '',
    '## Of a person',
    '',
    '| event | own fields |',
    '| --- | --- |',
    ...rows(userEvent.options),
  ])
}

function errorsPage(): string {
  const rows = Object.entries(refusals as Record<string, { status: number; detail?: string; code?: string }>).map(
    ([name, { status, detail, code }]) =>
      `| ${status} | ${code === undefined ? '' : `\`${code}\``} | ${detail ?? ''} | \`${name}\` |`,
  )
  return page('Errors', 'errors.ts', [
    'Tell refusals apart by status and code. The sentence is for people, and may change.',
    '',
    '| status | code | detail | name in the sources |',
    '| --- | --- | --- | --- |',
    ...rows.toSorted(),
  ])
}

function page(title: string, source: string, lines: readonly string[]): string {
  const origin = `Generated from the declarations in \`packages/contract/src/${source}\` by \`npm run generate\`.`
  return [`# ${title}`, '', origin, ...lines, ''].join('\n')
}
