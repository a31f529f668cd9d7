import { type Effect, effect as effectSchema } from '@fairlead/contract/effect/effect'
import { digestOf, effectDigest } from '@fairlead/contract/json/digest'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import { type SealedTexts, withoutSeals } from '../../approvals/sealed-texts.ts'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { ToolServer } from '../../mcp-client/connect-tools.ts'
import type { ToolCaller } from '../tool-caller.ts'
import type { ToolTrust } from '../tool-trust.ts'

export type EffectToApprove = { effect: Effect; effect_digest: string; seals: SealedTexts }
export type Previewed = EffectToApprove | { error: string }

/**
 * Asks the tool for its effect: the same code up to the last step. Nobody is asked about a call whose preview fails.
 */
export type PreviewWrite = (call: CallRow) => Promise<Previewed>

const PREVIEW_MS = 30_000

type Ports = {
  isTrusted: ToolTrust['isTrusted']
  callTool: ToolCaller['call']
  /** Of the server that a tool is called at. */
  addressOf: ToolServer['addressOf']
  /** Of integrations: only the engine itself writes there. */
  credentialsNamespace: string | undefined
  signal: AbortSignal
}

export function createPreview(ports: Ports): PreviewWrite {
  const { isTrusted, callTool, addressOf, credentialsNamespace, signal } = ports
  return async (call) => {
    if (isIn(credentialsNamespace, call.args.namespace)) return { error: ofCredentials(credentialsNamespace) }
    const trusted = await isTrusted(call)
    if (trusted === undefined) {
      return { error: 'The tool server does not list its tools now, so nothing is asked of it.' }
    }
    if (!trusted) return foreignEffect(call, await addressOf(call.tool))
    const limit = AbortSignal.timeout(PREVIEW_MS)
    const answer = await callTool(call, {
      // Both marks are sent: a server that knows only one of them must not take a preview for the call.
      args: { ...call.args, dry_run: true },
      meta: { [metaKeys.preview]: true },
      signal: AbortSignal.any([signal, limit]),
    })
    if (answer.kind !== 'answered') {
      return { error: limit.aborted ? 'The preview did not answer within 30 s.' : answer.sentence }
    }
    if (answer.isError) return { error: answer.text }
    const previewed = checkedEffect(call, answer.structured)
    if ('error' in previewed) return previewed
    const touches = previewed.effect.objects.some(
      ({ namespace, kind, name }) =>
        isIn(credentialsNamespace, namespace) || (kind === 'Namespace' && isIn(credentialsNamespace, name)),
    )
    return touches ? { error: ofCredentials(credentialsNamespace) } : previewed
  }
}

function isIn(namespace: string | undefined, named: unknown): boolean {
  return namespace !== undefined && typeof named === 'string' && named.trim() === namespace
}

function ofCredentials(namespace: string | undefined): string {
  return `Namespace ${namespace} holds the credentials of integrations: nobody is asked, and nothing is written there. Administrators change integrations on their own page.`
}

/** The effect of an answer, if it is one and its digests are those that the engine computes itself. */
export function checkedEffect(call: CallRow, answer: ToolAnswer | undefined): Previewed {
  const parsed = effectSchema.safeParse(answer?.effect)
  if (!parsed.success) return { error: 'The tool server answered the preview with no effect.' }
  const digest = effectDigest({ tool: call.tool, args_digest: call.args_digest, effect: parsed.data })
  if (digest !== answer?.effect_digest) return { error: 'The tool server and the engine disagree about the effect.' }
  return { ...withoutSeals(parsed.data), effect_digest: digest }
}

/** What is known of a tool that nobody vouches for: server, tool, exact arguments. Nobody is contacted. */
export function foreignEffect(call: CallRow, server: string): EffectToApprove {
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
