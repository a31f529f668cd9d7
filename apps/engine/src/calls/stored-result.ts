import { headAndTail } from '@fairlead/agent/tool-output'
import type { AuditBody } from '@fairlead/contract/audit/body-refs'
import type { ResultBlock } from '@fairlead/contract/call/call'
import { isTooDeep } from '@fairlead/service-kit/json-depth'
import { maskText, maskValue } from '@fairlead/service-kit/redaction/mask'
import type { Db } from '../db/database.ts'
import { type NewBlob, putBlob } from '../event-log/record/blobs.ts'
import type { ContentBlock } from '../mcp-client/call-answer.ts'

/** What events and timeline carry whole: of each text, and of all that is no text together. */
const WHOLE_BYTES = 256 * 1024
const plainText = 'text/plain; charset=utf-8'

/** A result as it is recorded, and the bodies that it refers to. */
export type StoredResult = { result: ResultBlock[]; bodies: AuditBody[] }

/**
 * Result blocks as they are recorded and shown: redacted, and a large text as head and tail with the whole in a blob. A
 * block of another kind that is too large, or nested too deeply for whoever reads the record, becomes a text, its JSON; of
 * an image or a sound a note stands for it.
 */
export async function storedResult(tx: Db, blocks: readonly ContentBlock[]): Promise<StoredResult> {
  const bodies: AuditBody[] = []
  const cut = async (body: string, contentType: NewBlob['contentType']) => {
    const blob = await putBlob(tx, { contentType, body })
    bodies.push({ ...blob, content_type: contentType })
    return { text: headAndTail(body, WHOLE_BYTES / 4), blob }
  }
  let left = WHOLE_BYTES
  const fits = (value: unknown): boolean => {
    const bytes = Buffer.byteLength(JSON.stringify(value))
    if (bytes > left) return false
    left -= bytes
    return true
  }
  const result: ResultBlock[] = []
  for (const block of blocks) {
    const own = redactedBlock(flat(block))
    const { text, ...beside } = own
    if (own.type === 'text' && text !== undefined) {
      const shown = Buffer.byteLength(text) <= WHOLE_BYTES ? { text } : await cut(text, plainText)
      result.push({ ...(fits(beside) ? beside : { type: 'text' }), ...shown })
    } else if (fits(own)) {
      result.push(own)
    } else {
      const whole = await cut(JSON.stringify(own), 'application/json')
      const note = media.has(own.type) && `[${own.type} of ${whole.blob.bytes} bytes, too large to be shown]`
      result.push({ type: 'text', ...whole, ...(note && { text: note }) })
    }
  }
  return { result, bodies }
}

/** What walks a value calls itself for each level: nothing that is deeper goes on from here as a value. */
function flat(block: ContentBlock): ContentBlock {
  const { text, ...beside } = block
  if (!isTooDeep(JSON.stringify(beside))) return block
  return { type: 'text', text: block.type === 'text' ? text : JSON.stringify(block) }
}

const media = new Set(['image', 'audio'])
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * On our wire `text` is a text, and `blob` names a body that we keep: what else a server calls so is left out. Base64 of
 * an image or a sound stays as it is, since what looks like a secret in it is none, and hiding it would break the rest.
 */
function redactedBlock({ blob: _, text, data, ...rest }: ContentBlock): ResultBlock {
  const isMedia = media.has(rest.type) && typeof data === 'string' && base64.test(data)
  return {
    ...maskValue(rest, 'read'),
    ...(data !== undefined && { data: isMedia ? data : maskValue(data, 'read') }),
    ...(typeof text === 'string' && { text: maskText(text, 'read') }),
  }
}

/** Output of a running call, kept whole when the call ends. */
export async function storedProgress(tx: Db, text: string) {
  if (text === '') return undefined
  const blob = await putBlob(tx, { contentType: plainText, body: maskText(text, 'read') })
  return { bytes: blob.bytes, blob }
}
