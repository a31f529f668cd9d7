import type { Api } from '@fairlead/contract/client/create-api'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { WaitingCall } from './waiting-call.ts'

const LINES = 2000

/**
 * The call with the diffs that were too large to come with it. `unread` says why one could not be had: then not all of
 * the effect is on the screen, and nobody approves it there.
 */
export async function wholeCall(api: Api, call: WaitingCall): Promise<WaitingCall> {
  const { effect } = call
  if (effect?.diff_omitted !== true) return call
  try {
    const objects: EffectObject[] = []
    for (const [index, object] of effect.objects.entries()) {
      objects.push(object.diff === undefined ? { ...object, ...(await readDiff(api, call.callId, index)) } : object)
    }
    const { diff_omitted: _, ...whole } = effect
    return { ...call, effect: { ...whole, objects } }
  } catch (error) {
    return { ...call, unread: neutraliseLine(error instanceof Error ? error.message : String(error)) }
  }
}

async function readDiff(api: Api, callId: string, object: number): Promise<{ diff?: string }> {
  const lines: string[] = []
  for (;;) {
    const query = { object, from: lines.length, lines: LINES }
    const page = await api.call('GET /approvals/:call_id/diff', { params: { call_id: callId }, query })
    lines.push(...page.lines)
    if (lines.length >= page.total) break
    if (page.lines.length === 0) throw new Error(`the diff ends after ${lines.length} of ${page.total} lines`)
  }
  return lines.length === 0 ? {} : { diff: `${lines.join('\n')}\n` }
}
