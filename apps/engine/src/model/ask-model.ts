import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelMessage, ModelQuery, Usage } from '@fairlead/agent/model'
import { faultOf } from './model-fault.ts'
import type { CallSettings } from './provider.ts'
import { type Price, toUsage } from './usage.ts'

/** A side query needs the gist of a tool's output, not the whole. */
const toolTextLimit = 2000

type Query = ModelQuery & { language: LanguageModelV4; settings: CallSettings; price: Price; signal: AbortSignal }

/** One short JSON answer, not streamed. Rejects with a plain sentence when there is none. */
export async function askModel(query: Query): Promise<{ text: string; usage?: Usage }> {
  const { language, settings, price, signal } = query
  const call = { ...settings, prompt: toPlainPrompt(query), responseFormat: { type: 'json' as const } }
  try {
    const { content, usage } = await language.doGenerate({ ...call, abortSignal: signal })
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return { text: jsonIn(text), usage: toUsage(usage, price) }
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(faultOf(error, { begun: false }).sentence, { cause: error })
  }
}

/** Calls and results as prose: a provider that is offered no tools refuses messages that hold some. */
function toPlainPrompt({ messages, instruction, schema }: ModelQuery): LanguageModelV4CallOptions['prompt'] {
  const instructionText = `${instruction}\n\nAnswer with one JSON object and nothing else. Its schema: ${JSON.stringify(schema)}`
  return [
    ...messages.map(toPlainMessage).filter(({ text }) => text !== ''),
    { role: 'user' as const, text: instructionText },
  ].map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] }))
}

function toPlainMessage(message: ModelMessage): { role: 'user' | 'assistant'; text: string } {
  if (message.role === 'user') return { role: 'user', text: message.content }
  if (message.role === 'tool') {
    const { name, content } = message
    const shown = content.length > toolTextLimit ? `${content.slice(0, toolTextLimit)}…` : content
    return { role: 'user', text: `[result of ${name}]\n${shown}` }
  }
  const calls = (message.tool_calls ?? []).map((call) => `[called ${call.name} ${call.arguments}]`)
  return { role: 'assistant', text: [message.content, ...calls].filter((line) => line !== '').join('\n') }
}

/** The object alone: some models wrap it in a fence or a sentence however they are asked. */
function jsonIn(text: string): string {
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}')
  return from >= 0 && to > from ? text.slice(from, to + 1) : text.trim()
}
