import { z } from 'zod'
import { sha256Hex } from '../ids.ts'
import { sha256 } from '../json/digest.ts'
import { hasNameTwice } from './has-name-twice.ts'
import { type SealedEvent, sealedEvent } from './sealed-event.ts'
import type { Body } from './seen-bodies.ts'

/** A line of an export: a large body, a row, or what stands at the end. */
export type ExportLine = { body: Body } | { row: SealedEvent } | { end: ExportEnd }
export type ExportEnd = z.infer<typeof exportEnd>

const bodyLine = z.strictObject({ blob: sha256Hex, content_type: z.string(), body: z.string() })
const exportEnd = z.strictObject({
  heads: z.array(z.string()),
  keys: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }),
})

/** Reads one line; undefined when it is none of an export. */
export function parseExportLine(text: string): ExportLine | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || hasNameTwice(text, value)) return undefined
  if ('blob' in value) {
    const line = bodyLine.safeParse(value).data
    return line && { body: { kept: line.blob, actual: sha256(line.body), contentType: line.content_type } }
  }
  if ('heads' in value) {
    const end = exportEnd.safeParse(value).data
    return end && { end }
  }
  // As it was read: a validator leaves names such as `__proto__` out, and a reader is told them all the same.
  return sealedEvent.safeParse(value).success ? { row: value as SealedEvent } : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
