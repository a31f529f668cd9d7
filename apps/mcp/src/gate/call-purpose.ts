import { metaKeys, type VerifyRequest, verifyRequest } from '@fairlead/contract/tool/tool-meta'
import { shownValue } from '../input/shown-value.ts'
import type { Arguments, Tool } from '../tool/define-tool.ts'
import { ToolError } from '../tool/tool-error.ts'

/** No effect has more; all of them are read at once. */
const MAX_VERIFIED = 1_000

export type Meta = Readonly<Record<string, unknown>>

/**
 * What a call of a write tool is for. An `ungranted` call carries no permit; the mode decides what becomes of it. `read` is a
 * call without a permit whose command changes nothing, so that it needs none.
 */
export type CallPurpose =
  | { kind: 'preview'; rights: readonly unknown[] }
  | { kind: 'execute'; grant: unknown }
  | { kind: 'verify'; request: VerifyRequest }
  | { kind: 'ungranted' }
  | { kind: 'read' }

/** A grant on a read tool is ignored. What only a write can have is refused. */
export function requirePlainRead({ name }: Pick<Tool, 'name'>, meta: Meta): void {
  if (meta[metaKeys.preview] === undefined && meta[metaKeys.verify] === undefined) return
  throw invalid(`${name} only reads: there is nothing to preview or to verify.`)
}

/** Throws `InvalidArgument` for what makes no sense together; nothing is spent then. */
export function callPurpose(args: Arguments, meta: Meta): CallPurpose {
  const has = (key: keyof typeof metaKeys) => meta[metaKeys[key]] !== undefined
  if (has('preview') && meta[metaKeys.preview] !== true) {
    throw invalid(`${metaKeys.preview} must be true when it is given.`)
  }
  if (args.dry_run !== undefined && args.dry_run !== null && typeof args.dry_run !== 'boolean') {
    throw invalid(`dry_run must be true or false, got ${shownValue(args.dry_run)}.`)
  }
  const isPreview = has('preview') || args.dry_run === true
  if (Number(isPreview) + Number(has('grant')) + Number(has('verify')) > 1) {
    throw invalid('a call is one of preview, execution and verification, not several at once.')
  }
  if (isPreview) return { kind: 'preview', rights: identitiesOf(meta[metaKeys.rights]) }
  if (has('grant')) return { kind: 'execute', grant: meta[metaKeys.grant] }
  if (!has('verify')) return { kind: 'ungranted' }
  const request = verifyRequest.safeParse(meta[metaKeys.verify])
  if (!request.success)
    throw invalid(`${metaKeys.verify} is not the effect_digest, objects, pins and wait_seconds of an effect.`)
  if (request.data.objects.length > MAX_VERIFIED)
    throw invalid(
      `${metaKeys.verify} names ${request.data.objects.length} objects. At most ${MAX_VERIFIED} are allowed.`,
    )
  return { kind: 'verify', request: request.data }
}

function identitiesOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > 20)
    throw invalid(`${metaKeys.rights} must be a list of at most 20 identities.`)
  return value
}

function invalid(message: string): ToolError {
  return new ToolError('InvalidArgument', message)
}
