import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { eventHash, GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import { sha256 } from '@fairlead/contract/json/digest'
import { expect, test } from 'vitest'
import { headOf, jwkOf, newKey } from './export-text.fixture.ts'

const command = resolve(import.meta.dirname, '../main.ts')
const rowCount = process.env.FAIRLEAD_FULL === '1' ? 1_000_000 : 20_000

/** An export of that many rows, a head each thousand, and a large body each four hundred. */
function* exportOf(rows: number): Generator<string> {
  const key = newKey('k1')
  const heads: string[] = []
  let prev_hash = GENESIS_HASH
  for (let seq = 1; seq <= rows; seq++) {
    const body = seq % 400 === 0 ? `${seq} `.repeat(20_000) : undefined
    const ref =
      body === undefined ? undefined : { sha256: sha256(body), bytes: body.length, content_type: 'text/plain' }
    if (ref) yield `${JSON.stringify({ blob: ref.sha256, content_type: 'text/plain', body })}\n`
    const event = {
      ...{ id: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`, at: '2026-11-24T09:00:00.000Z' },
      ...{
        actor: 'ann@example.com',
        actor_ip: null,
        user_id: null,
        conversation_id: null,
        run_id: null,
        call_id: null,
      },
      ...{ type: 'message.asked', data: { content: 'why does it fail? '.repeat(10), ...(ref && { bodies: [ref] }) } },
      ...{ format: 2 as const, seq, prev_hash, hash: '' },
    }
    prev_hash = eventHash(prev_hash, event)
    yield `${JSON.stringify({ ...event, hash: prev_hash })}\n`
    if (seq % 1000 === 0) heads.push(headOf({ seq, hash: prev_hash }, key))
  }
  yield `${JSON.stringify({ heads, keys: { keys: [jwkOf(key)] } })}\n`
}

test('a file is verified in memory that does not grow with it', { timeout: 20 * 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-large-'))
  try {
    const file = join(folder, 'export.jsonl')
    await pipeline(Readable.from(exportOf(rowCount)), createWriteStream(file))
    const said = await new Promise<string>((settled, reject) => {
      // What does not fit there is not kept.
      const args = ['--max-old-space-size=48', command, 'audit', 'verify', file, '--json']
      execFile(process.execPath, args, (_, stdout, stderr) => (stdout ? settled(stdout) : reject(new Error(stderr))))
    })
    expect(JSON.parse(said)).toMatchObject({
      ...{ ok: true, checked: rowCount, bodies: rowCount / 400, heads: rowCount / 1000, signed: rowCount },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
