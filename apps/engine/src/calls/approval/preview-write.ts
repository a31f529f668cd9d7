import { type Effect, effect as effectSchema } from '@fairlead/contract/effect/effect'
import { argsDigest, digestOf, effectDigest } from '@fairlead/contract/json/digest'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import { type SealedTexts, withoutSeals } from '../../approvals/sealed-texts.ts'
import type { CallRow } from '../../event-log/record/calls.ts'
import { callIdentity, type Execution } from '../execution.ts'
import { isOurs } from '../tool-now.ts'

export type Previewed = { effect: Effect; effect_digest: string; seals: SealedTexts } | { error: string }

const PREVIEW_MS = 30_000

/**
 * Asks the tool for its effect: the same code up to the last step. Both marks are sent, since a server that knows only
 * one of them must not take a preview for the call. Nobody is asked about a call whose preview fails.
 */
export async function previewWrite(execution: Execution, call: CallRow): Promise<Previewed> {
  const { context, signal } = execution
  const ours = await isOurs(execution, call)
  if (ours === undefined) return { error: 'The tool server does not list its tools now, so nothing is asked of it.' }
  if (!ours) return foreignEffect(call, context.settings.toolServer)
  const limit = AbortSignal.timeout(PREVIEW_MS)
  const answer = await context.tools.call({
    name: call.tool,
    args: { ...call.args, dry_run: true },
    meta: { ...(await callIdentity(execution)), [metaKeys.preview]: true },
    callId: call.call_id,
    signal: AbortSignal.any([signal, limit]),
  })
  if (answer.kind !== 'answered') {
    return { error: limit.aborted ? 'The preview did not answer within 30 s.' : answer.sentence }
  }
  if (answer.isError) return { error: answer.text }
  return checkedEffect(call, answer.structured)
}

/** The effect of an answer, if it is one and its digests are those that the engine computes itself. */
export function checkedEffect(call: CallRow, answer: ToolAnswer | undefined): Previewed {
  const parsed = effectSchema.safeParse(answer?.effect)
  if (!parsed.success) return { error: 'The tool server answered the preview with no effect.' }
  const digest = effectDigest({ tool: call.tool, args_digest: argsDigest(call.args), effect: parsed.data })
  if (digest !== answer?.effect_digest) return { error: 'The tool server and the engine disagree about the effect.' }
  return { ...withoutSeals(parsed.data), effect_digest: digest }
}

/** What is known of a tool that nobody vouches for: server, tool, exact arguments. Nobody is contacted. */
function foreignEffect(call: CallRow, server: string): Previewed {
  const effect: Effect = {
    summary: `${call.tool} on ${server}`,
    risk: 'high',
    reasons: ['Nobody vouches for this tool: what it will do is not known.'],
    basis: 'unknown',
    objects: [
      {
        cluster: '',
        apiVersion: '',
        kind: 'ToolCall',
        name: `${server}/${call.tool}`,
        action: 'invoke',
        changes: [{ path: '', after: call.args }],
        diff: maskText(JSON.stringify(call.args, null, 2), 'written'),
      },
    ],
    generated: [],
    pins: { arguments: digestOf(call.args) },
    undo: { impossible: 'What this tool does is not known.' },
  }
  return { effect, effect_digest: effectDigest({ tool: call.tool, args_digest: call.args_digest, effect }), seals: [] }
}
