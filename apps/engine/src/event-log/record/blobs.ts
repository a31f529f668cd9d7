import { sha256 } from '@fairlead/contract/json/digest'
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { blobs } from './blob.table.ts'

export type NewBlob = { contentType: string; body: string | Uint8Array }
/** A body under its digest; `bytes` is its length in UTF-8. */
export type Blob = { sha256: string; contentType: string; bytes: number; body: Uint8Array }

export function blobOf({ contentType, body }: NewBlob): Blob {
  const content = typeof body === 'string' ? Buffer.from(body) : body
  return { sha256: sha256(content), contentType, bytes: content.byteLength, body: content }
}

export async function insertBlob(db: Db, { sha256, contentType, bytes, body }: Blob): Promise<void> {
  await db.insert(blobs).values({ sha256, content_type: contentType, bytes, body }).onConflictDoNothing()
}

/** Keeps a body (already redacted) once, by its digest. */
export async function putBlob(db: Db, body: NewBlob): Promise<{ sha256: string; bytes: number }> {
  const blob = blobOf(body)
  await insertBlob(db, blob)
  return { sha256: blob.sha256, bytes: blob.bytes }
}

export async function readBlob(db: Db, digest: string): Promise<Blob | undefined> {
  const [row] = await db.select().from(blobs).where(eq(blobs.sha256, digest))
  return row && { sha256: row.sha256, contentType: row.content_type, bytes: row.bytes, body: row.body }
}
