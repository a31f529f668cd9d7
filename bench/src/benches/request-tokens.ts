import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { openIncident } from '../open-incident.ts'
import { startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

/** Tokens of what the model is sent: of a first request, and of an incident in a busy namespace from question to answer. */
export const requestTokens: Bench = async (servers, tell) => {
  const { question, replies } = await openIncident(await servers.apiServer())
  let answered = 0
  const model = await startModelServer(({ isStreamed, messages }) => {
    if (!isStreamed) return { text: 'A short answer' }
    const isIncident = messages.some(({ role, text }) => role === 'user' && text === question)
    return (isIncident && replies[answered++]) || { text: 'A scripted answer.' }
  })
  const engine = await startEngine(servers, 'embedded', model.url)
  try {
    const before = model.requests.length
    const { conversationId } = await engine.ask([], { content: question })
    await engine.request('GET', `/conversations/${conversationId}`)
    const sent = model.requests.slice(before)
    const streamed = sent.filter(({ isStreamed }) => isStreamed)
    if (streamed.length !== replies.length) throw new Error(`the incident took ${streamed.length} model requests`)
    const [first] = streamed
    const tokens = (value: unknown) => countTokens(JSON.stringify(value))
    tell({
      name: 'first request: tokens of the tool definitions',
      value: tokens(first?.raw.tools),
      unit: 'tokens',
      bar: { atMost: 3000 },
    })
    tell({ name: 'first request: all tokens', value: tokens(first?.raw), unit: 'tokens', bar: { atMost: 4500 } })
    const all = sent.reduce((sum, { raw }) => sum + tokens(raw), 0)
    tell({
      name: `incident of ${streamed.length} model requests: tokens, with what the title and the next word take`,
      value: all,
      unit: 'tokens',
      bar: { atMost: 60_000 },
    })
  } finally {
    await engine.stop()
    await model.close()
  }
}
