import { sha256 } from '@fairlead/contract/digest'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { blobs } from './blob.table.ts'

export type Blob = { contentType: string; bytes: number; body: Uint8Array }

/** Keeps a body (already redacted) once, by its digest. `bytes` is its length in UTF-8. */
export async function putBlob(
  db: Db,
  { contentType, body }: { contentType: string; body: string | Uint8Array },
): Promise<{ sha256: string; bytes: number }> {
  const content = typeof body === 'string' ? Buffer.from(body) : body
  const digest = sha256(content)
  await db
    .insert(blobs)
    .values({ sha256: digest, content_type: contentType, bytes: content.byteLength, body: content })
    .onConflictDoNothing()
  return { sha256: digest, bytes: content.byteLength }
}

export async function readBlob(db: Db, digest: string): Promise<Blob | undefined> {
  const [row] = await db.select().from(blobs).where(eq(blobs.sha256, digest))
  return row && { contentType: row.content_type, bytes: row.bytes, body: row.body }
}
