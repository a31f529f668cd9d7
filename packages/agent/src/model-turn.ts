import { wasStopped } from './abort.ts'
import type { ModelCall, ModelFailure, ModelRequest, Usage } from './model.ts'
import type { AgentPorts, SpokenText } from './ports.ts'
import { TextBuilder } from './text-builder.ts'

/** Further requests of one turn after a failure that may pass. */
export const MAX_RETRIES = 3

export type TurnEnd =
  | ({
      kind: 'finished'
      toolCalls: ModelCall[]
      usage?: Usage
      body: unknown
      ttft_ms?: number
      tokens: number
    } & SpokenText)
  | { kind: 'stopped'; spoken: SpokenText }
  | { kind: 'failed'; sentence: string; spoken: SpokenText }

type Speech = {
  content: TextBuilder
  thinking: TextBuilder
  thinkingMs: number
  tokens: number
  thinkingSince: number | undefined
  begun: boolean
}

const silence = (): Speech => ({
  content: new TextBuilder(),
  thinking: new TextBuilder(),
  thinkingMs: 0,
  tokens: 0,
  thinkingSince: undefined,
  begun: false,
})

/**
 * One generation: streams its pieces, asks again after failures that may pass while nothing was shown yet, and ends
 * finished, stopped or failed. A cut answer is never taken as complete.
 * @param options `firstTokenSince`: the run's start, as long as it has shown nothing
 */
export async function takeModelTurn(
  ports: AgentPorts,
  request: ModelRequest,
  options: { signal: AbortSignal; firstTokenSince: number | undefined },
): Promise<TurnEnd> {
  const { signal } = options
  let ttft: number | undefined
  for (let attempt = 1; ; attempt++) {
    const speech = silence()
    ports.tell({ type: 'generation.start', model: ports.model.id, tools_available: request.tools.length })
    let failure: ModelFailure | undefined
    for await (const part of ports.model.stream(request, { signal })) {
      if (part.type === 'failed') {
        failure = part
        break
      }
      if (part.type === 'finished') {
        closeThinking(speech, ports.now())
        return { kind: 'finished', ...spoken(speech), tokens: speech.tokens, ...part, ttft_ms: ttft }
      }
      if (ttft === undefined && options.firstTokenSince !== undefined) {
        ttft = Math.round(ports.now() - options.firstTokenSince)
        ports.tell({ type: 'ttft', duration: ttft })
      }
      if (part.type === 'text') say(ports, speech, part.text)
      else if (part.type === 'reasoning') think(ports, speech, part.text)
    }
    closeThinking(speech, ports.now())
    if (wasStopped(signal)) return { kind: 'stopped', spoken: spoken(speech) }
    failure ??= { type: 'failed', kind: 'cut', sentence: "The model's answer was cut off." }
    const mayAskAgain = failure.kind !== 'fatal' && !speech.begun && attempt <= MAX_RETRIES
    if (!mayAskAgain) return { kind: 'failed', sentence: failure.sentence, spoken: spoken(speech) }
    const wait = secondsToWait(failure, attempt)
    const retry = { retry_in: wait, attempt, max_retries: MAX_RETRIES }
    if (failure.kind === 'rate-limited') ports.tell({ type: 'rate_limit', ...retry })
    else ports.tell({ type: 'transient_error', error: failure.sentence, ...retry })
    await ports.sleep(wait * 1000, signal)
    if (wasStopped(signal)) return { kind: 'stopped', spoken: spoken(speech) }
  }
}

function say(ports: AgentPorts, speech: Speech, text: string): void {
  closeThinking(speech, ports.now())
  speech.begun = true
  speech.content.add(text)
  speech.tokens += 1
  ports.tell({ type: 'token', text, tokens_generated: speech.tokens })
}

function think(ports: AgentPorts, speech: Speech, text: string): void {
  speech.begun = true
  speech.thinkingSince ??= ports.now()
  speech.thinking.add(text)
  ports.tell({ type: 'thinking', text })
}

function closeThinking(speech: Speech, now: number): void {
  if (speech.thinkingSince === undefined) return
  speech.thinkingMs += Math.round(now - speech.thinkingSince)
  speech.thinkingSince = undefined
}

function spoken({ content, thinking, thinkingMs }: Speech): SpokenText {
  return { content: content.toString(), thinking: thinking.toString(), thinking_ms: thinkingMs }
}

function secondsToWait({ retryAfterSeconds }: ModelFailure, attempt: number): number {
  return retryAfterSeconds === undefined ? 2 ** attempt : Math.min(60, retryAfterSeconds)
}
