import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import type { ModelFailure, ModelPart } from '@fairlead/agent/model'
import { cutAnswer, faultOf } from './model-fault.ts'
import { TurnContentBuilder } from './turn-content.ts'
import { type Price, toUsage } from './usage.ts'

/** How long a connection may take to end after the answer is complete, so that it can be used again. */
const drainMs = 2000

type Turn = {
  language: LanguageModelV4
  call: LanguageModelV4CallOptions
  price: Price
  signal: AbortSignal
  /** Told of what a provider did wrong, for the log: the failed part says it in our words only. */
  onFault(error: unknown, failure: ModelFailure): void
}

/**
 * One model turn, piece by piece. Ends with `finished` or `failed`; an abort ends it quietly with neither. Tool calls
 * are held back until the provider says that the turn is complete.
 */
export async function* streamTurn(options: Turn): AsyncGenerator<ModelPart, void, undefined> {
  const { language, call, price, signal, onFault } = options
  const turn = new TurnContentBuilder()
  let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined
  let isComplete = false
  try {
    signal.throwIfAborted()
    const { stream } = await language.doStream({ ...call, abortSignal: signal })
    reader = stream.getReader()
    while (true) {
      const { done, value: part } = await reader.read()
      if (signal.aborted) return
      if (done) return yield cutAnswer
      turn.add(part)
      switch (part.type) {
        case 'text-delta':
          if (part.delta !== '') yield { type: 'text', text: part.delta }
          break
        case 'reasoning-delta':
          if (part.delta !== '') yield { type: 'reasoning', text: part.delta }
          break
        case 'tool-input-start':
          yield { type: 'tool-call-started' }
          break
        case 'error':
          return yield failed(part.error)
        case 'finish': {
          isComplete = true
          const { toolCalls, body } = turn
          const usage = toUsage(part.usage, price)
          yield shortfall(part.finishReason) ?? { type: 'finished', toolCalls, usage, body }
          return
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) yield failed(error)
  } finally {
    if (reader !== undefined) void (isComplete ? drain(reader) : giveUp(reader))
  }

  function failed(error: unknown): ModelFailure {
    const failure = faultOf(error, { begun: reader !== undefined })
    onFault(error, failure)
    return failure
  }
}

/** Why an answer that came to an end is not an answer. Providers leave the raw reason out only for a plain end. */
function shortfall({ unified, raw }: LanguageModelV4FinishReason): ModelFailure | undefined {
  if (unified === 'length') {
    const sentence = 'The model reached its token limit before its answer was complete.'
    return { type: 'failed', kind: 'fatal', sentence }
  }
  if (unified === 'content-filter') {
    return { type: 'failed', kind: 'fatal', sentence: 'The model provider refused to answer this.' }
  }
  return raw === undefined && unified !== 'stop' && unified !== 'tool-calls' ? cutAnswer : undefined
}

/** Reads the last bytes behind a complete answer; a server that keeps the stream open is cut off. */
async function drain(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  const late = setTimeout(() => void giveUp(reader), drainMs)
  try {
    while (!(await reader.read()).done);
  } catch {
    // Nothing depends on these bytes: the turn is complete, and a broken connection is simply not used again.
  } finally {
    clearTimeout(late)
  }
}

/** Ends the connection that the rest of an answer would come over. */
async function giveUp(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  await reader.cancel().catch(() => {}) // it has failed already
}
