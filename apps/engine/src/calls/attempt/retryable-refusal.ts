import { setTimeout as sleep } from 'node:timers/promises'
import { CLOCK_SKEW_SECONDS, GRANT_LIFE_SECONDS } from '@fairlead/contract/call/grant'
import type { ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'

/**
 * How long further grants of one attempt are issued: a tool server that has begun anew takes them after the allowed skew,
 * and our clock may be behind by as much.
 */
export const MAX_RENEWAL_MS = 1000 * (2 * CLOCK_SKEW_SECONDS + GRANT_LIFE_SECONDS)

/** Why nothing was sent under a grant, though a later one may be good; `from`: that one's earliest time, in milliseconds. */
export type RetryableRefusal = { sentence: string; from: number }

const beforeStart = z.object({ grant_error: z.literal('before_start'), retry_at: z.number() })

/** Undefined for any other answer, and of a server that nobody vouches for: it may have done something all the same. */
export function retryableRefusal(
  answer: CallAnswer,
  { isTrusted }: { isTrusted: boolean },
): RetryableRefusal | undefined {
  if (answer.kind !== 'answered') return answer.kind === 'late' ? { sentence: answer.sentence, from: 0 } : undefined
  if (!isTrusted) return undefined
  const refused = beforeStart.safeParse(answer.structured?.data)
  return refused.success ? { sentence: answer.text, from: refused.data.retry_at * 1000 } : undefined
}

export function waitingNotice({ from }: RetryableRefusal): ProgressNotice {
  const text = `The tool server has begun to remember used grants anew. The write is sent at ${new Date(from).toISOString()}.\n`
  return { seq: 1, stream: 'status', text }
}

/** Resolves at that time by that clock, or when the signal is aborted. */
export async function untilTime(at: number, now: () => number, signal: AbortSignal): Promise<void> {
  while (now() < at && !signal.aborted) {
    const ms = Math.min(1_000, at - now())
    await sleep(ms, undefined, { signal }).catch(() => undefined) // the caller sees the abort
  }
}
