import { headAndTail } from '@fairlead/agent/tool-output'
import type { ResultBlock } from '@fairlead/contract/call'
import type { Db } from '../db/database.ts'
import { putBlob } from '../event-log/blobs.ts'
import { redactText } from '../event-log/redact.ts'
import type { ContentBlock } from '../mcp-client/call-answer.ts'

/** What events and timeline carry whole. */
const WHOLE_BYTES = 256 * 1024

/** Result blocks as they are recorded and shown: redacted, and a large text as head and tail with the whole in a blob. */
export async function storedResult(tx: Db, blocks: readonly ContentBlock[]): Promise<ResultBlock[]> {
  const stored: ResultBlock[] = []
  for (const block of blocks) {
    if (block.type !== 'text' || typeof block.text !== 'string') {
      stored.push(block)
      continue
    }
    const text = redactText(block.text)
    const bytes = Buffer.byteLength(text)
    if (bytes <= WHOLE_BYTES) {
      stored.push({ ...block, text })
      continue
    }
    const blob = await putBlob(tx, { contentType: 'text/plain; charset=utf-8', body: text })
    stored.push({ ...block, text: headAndTail(text, WHOLE_BYTES / 4), blob })
  }
  return stored
}

/** Output of a running call, kept whole when the call ends. */
export async function storedProgress(tx: Db, text: string) {
  if (text === '') return undefined
  const blob = await putBlob(tx, { contentType: 'text/plain; charset=utf-8', body: redactText(text) })
  return { bytes: blob.bytes, blob }
}
