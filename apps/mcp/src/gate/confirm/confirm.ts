import { hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { argsDigest, finalArgsDigest } from '@fairlead/contract/json/digest'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import {
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Arguments } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { ComputedEffect } from '../compute-effect.ts'
import type { Permit } from '../execute.ts'
import { storeUnavailable } from '../grant/refused.ts'
import { REMEMBER_SECONDS, type Untimely, type UsedGrants } from '../grant/used-grants.ts'
import { confirmationMessageOf, PAGE } from './confirmation-message.ts'

const CONFIRM = 'confirm'

/** What was shown to the user, sealed: it travels through the host and back. */
const shown = z.object({
  jti: z.string(),
  /** In seconds and parts of one: a store that begins in the same second must not take it for a later confirmation. */
  issued_at: z.number(),
  caller: z.string(),
  tool: z.string(),
  args_digest: z.string(),
  final_args_sha256: z.string(),
  effect_digest: z.string(),
  pins: z.record(z.string(), z.unknown()),
})

/** What came back: the sealed state, and the user's answer. */
export type ConfirmationAnswer = {
  state: string
  responses: Record<string, unknown> | undefined
  context: ServerContext
}

type ConfirmedCall = { tool: string; args: Arguments; caller: string }
type Subject = { computed: ComputedEffect; heading: string }

/** How the host's user is asked, and what the answer was. */
export type Confirmation = {
  /** What the host shows of an effect. Throws where it cannot be shown whole. */
  ask(call: ConfirmedCall, about: Subject): Promise<InputRequiredResult>
  /** The permit of an answer; throws `Refused` for anything but a plain yes to exactly this call, once. */
  permit(call: ConfirmedCall, answer: ConfirmationAnswer): Promise<Permit & { id: string }>
}

/** `key` is the installation's, so that any replica reads the answer; without one it is this process's own. */
export function createConfirmation({
  redactionKey,
  used,
  seconds = REMEMBER_SECONDS,
  now = Date.now,
}: {
  redactionKey: Uint8Array | undefined
  used: UsedGrants
  /** How long the user has to answer. */
  seconds?: number
  now?: () => number
}): Confirmation {
  const secret = redactionKey ?? randomBytes(32)
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'fairlead confirmation', 32))
  const codec = createRequestStateCodec<z.infer<typeof shown>>({ key, ttlSeconds: seconds })
  return {
    async ask({ tool, args, caller }, { computed: { effect, effect_digest }, heading }) {
      const elicitation = elicitationOf(confirmationMessageOf(effect, heading))
      const requestState = await codec.mint({
        jti: randomUUID(),
        issued_at: now() / 1000,
        caller,
        tool,
        args_digest: argsDigest(args),
        final_args_sha256: finalArgsDigest(args),
        effect_digest,
        pins: effect.pins,
      })
      return inputRequired({ inputRequests: { [CONFIRM]: elicitation }, requestState })
    },
    async permit({ tool, args, caller }, { state, responses, context }) {
      const opened = shown.safeParse(await codec.verify(state, context).catch(() => undefined))
      if (!opened.success)
        throw notConfirmed('the answer does not belong to a question of this server, or came too late.')
      const { data } = opened
      const isSame =
        data.caller === caller &&
        data.tool === tool &&
        data.args_digest === argsDigest(args) &&
        data.final_args_sha256 === finalArgsDigest(args)
      if (!isSame) throw notConfirmed('the answer belongs to another call.')
      const answer = inputResponse(responses, CONFIRM)
      const isYes = answer.kind === 'elicit' && answer.action === 'accept' && answer.content?.confirm === true
      const spent = await used.spend(data.jti, data.issued_at).catch((fault: unknown) => {
        throw storeUnavailable(fault)
      })
      if (spent === 'used') throw notConfirmed('this answer has been used already.')
      if (spent !== 'spent') throw notConfirmed(untimelySentences[spent.refused])
      if (!isYes) throw notConfirmed('the user did not say yes.')
      return {
        id: data.jti,
        effect_digest: data.effect_digest,
        pins: data.pins,
        until: (data.issued_at + seconds) * 1000,
      }
    },
  }
}

const untimelySentences: Record<Untimely['refused'], string> = {
  before_start: 'it was asked before the store that remembers answers began; ask again.',
  not_yet: 'the clocks of this server and of the store that remembers answers differ too much.',
  expired: 'it was asked longer ago than the store remembers answers; ask again.',
}

/** Whether the host's user has to confirm before there is an answer. */
export function isConfirmationRequest(answer: ToolAnswer | InputRequiredResult): answer is InputRequiredResult {
  return answer.resultType === 'input_required'
}

/** The host cannot ask its user, so nothing is written; `instead` says by which way it can be. */
export function cannotAsk({ why, instead }: { why: string; instead: string }): ToolError {
  return new ToolError('Refused', `this host cannot ask its user: ${why} Nothing was written.`, {
    hint: `${instead} ${PAGE}.`,
  })
}

function notConfirmed(why: string): ToolError {
  return new ToolError('Refused', `not confirmed: ${why} Nothing was written.`)
}

function elicitationOf(message: string) {
  return inputRequired.elicit({
    message,
    requestedSchema: {
      type: 'object',
      properties: { confirm: { type: 'boolean', title: 'Do this', description: 'Yes writes exactly what is shown.' } },
      required: ['confirm'],
    },
  })
}
