import type { ModelRequest } from '@fairlead/testing/model/model-request'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { Figure } from '../figure.ts'
import { listTools } from '../list-tools.ts'
import { type IncidentSize, openIncident } from '../open-incident.ts'
import type { Servers } from '../servers.ts'
import { startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const incidents: readonly { name: string; size: IncidentSize; atMost: number }[] = [
  { name: 'busy namespace', size: { pods: 100, events: 300 }, atMost: 60_000 },
  { name: 'quiet namespace', size: { pods: 6, events: 6 }, atMost: 45_000 },
]

/** Tokens of all that the model is sent: in a first request, and in an incident from the person's message to the answer. */
export const requestTokens: Bench = async (servers, report) => {
  const tools = await listTools((await servers.toolServer()).url)
  const value = tokens(tools.map((tool) => ({ type: 'function', function: tool })))
  report({
    name: `all ${tools.length} tools: tokens of their definitions`,
    value,
    unit: 'tokens',
    bar: { atMost: 8000 },
  })
  for (const [number, { name, size, atMost }] of incidents.entries()) {
    const sent = await requestsOfIncident(servers, size)
    const streamed = sent.filter(({ isStreamed }) => isStreamed)
    if (number === 0) for (const figure of firstRequest(streamed[0])) report(figure)
    const value = sent.reduce((sum, { raw }) => sum + tokens(raw), 0)
    const of = `incident of ${streamed.length} model requests, ${name}`
    report({ name: `${of}: all tokens`, value, unit: 'tokens', bar: { atMost } })
    const side = sent.filter(({ isStreamed }) => !isStreamed).reduce((sum, { raw }) => sum + tokens(raw), 0)
    report({ name: `${of}: of those for title and next speaker`, value: side, unit: 'tokens' })
  }
}

function firstRequest(first: ModelRequest | undefined): Figure[] {
  const definitions = tokens(first?.raw.tools)
  return [
    {
      name: 'first request: tokens of the tool definitions',
      value: definitions,
      unit: 'tokens',
      bar: { atMost: 3000 },
    },
    { name: 'first request: all tokens', value: tokens(first?.raw), unit: 'tokens', bar: { atMost: 4500 } },
  ]
}

/** Every request that the model gets, those for the title and the next speaker included. */
async function requestsOfIncident(servers: Servers, size: IncidentSize): Promise<ModelRequest[]> {
  const { message, replies } = await openIncident(await servers.apiServer(), size)
  let answered = 0
  const model = await startModelServer(({ isStreamed }) =>
    isStreamed ? (replies[answered++] ?? { text: 'A scripted answer.' }) : { text: 'A short answer' },
  )
  const engine = await startEngine(servers, 'embedded', { modelUrl: model.url, warmUpTurns: 0 })
  try {
    const { conversationId } = await engine.send([], { content: message })
    await engine.request('GET', `/conversations/${conversationId}`)
    if (answered !== replies.length) throw new Error(`the incident took ${answered} model requests`)
    return model.requests
  } finally {
    await engine.stop()
    await model.close()
  }
}

function tokens(value: unknown): number {
  return countTokens(JSON.stringify(value))
}
