import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkAuditByHand } from '@fairlead/testing/engine/check-audit-by-hand'
import { succeeded } from '@fairlead/testing/tools/tool-script'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { password } from './person.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

const command = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
/** More than is shown of a result: the whole is kept in a body that the row's own body refers to. */
const large = 'a line of output\n'.repeat(20_000)

describe.each(adapterSets)('fairlead audit, %s', { timeout: 120_000 }, (adapters) => {
  let engine: EngineUnderTest
  let folder: string
  let sink: string
  let keys: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-audit-'))
    ;[sink, keys] = [join(folder, 'heads.jws'), join(folder, 'keys.json')]
    const signing = join(folder, 'signing.json')
    const { makeSigningKey } = await import('@fairlead/engine/grants/signing-keys')
    await writeFile(signing, await makeSigningKey())
    const settings = { AUDIT_HEAD_SECONDS: '1', AUDIT_SINKS: `file:${sink}`, GRANT_SIGNING_KEY_FILE: signing }
    engine = await startEngineUnderTest({ adapters, settings })
    await writeFile(keys, await (await fetch(new URL('/.well-known/jwks.json', engine.api))).text())
  })
  afterAll(async () => {
    await engine?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const fairlead = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...process.env,
        FAIRLEAD_SERVER: engine.api,
        FAIRLEAD_EMAIL: engine.owner.email,
        FAIRLEAD_PASSWORD: password,
      }
      const done = (error: unknown, stdout: string, stderr: string) =>
        resolve({ code: Number(Object(error).code ?? 0), stdout, stderr })
      execFile(process.execPath, [command, 'audit', ...args], { env, maxBuffer: 64 * 1024 * 1024 }, done)
    })
  const heads = async () => (await readFile(sink, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean)
  const exported = async (...args: string[]) => {
    const file = join(folder, 'export.jsonl')
    expect(await fairlead('export', '-o', file, ...args)).toEqual({ code: 0, stdout: '', stderr: '' })
    return file
  }
  const isSealed = () => expect.poll(() => engine.owner.request('GET', '/audit/verify'), { timeout: 20_000 })

  test('a record is taken out, verified offline, and by hand', async () => {
    const conversation = await openConversation(engine)
    const { scale, read, id } = newCalls(engine)
    engine.tools.use(async (call, own) => (call.callId === id('R1') ? succeeded(large) : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { toolCalls: [scale('W1')] }, { text: 'Scaled.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
    expect(flowOf(done)).toMatch(/END\(completed\)$/)
    expect((await engine.owner.request('DELETE', `/conversations/${conversation}`)).status).toBeLessThan(300)
    await isSealed().toMatchObject({ body: { ok: true, unsealed: 0 } })
    await expect.poll(async () => (await heads()).length, { timeout: 20_000 }).toBeGreaterThan(0)

    const file = await exported()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const text = await readFile(file, 'utf8')
    // The whole of the large result is in it, though its conversation is gone.
    expect(text).toContain(JSON.stringify(large).slice(1, -1))
    const said = await fairlead('verify', file, '--key', keys, '--head', (await heads())[0] ?? '')
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/^Verified: \d+ rows \(1 to \d+\), without a gap, as they were written\./)
    const { keys: [key] = [] } = JSON.parse(await readFile(keys, 'utf8')) as { keys: { x: string }[] }
    expect(checkAuditByHand(text, { x: key?.x, head: (await heads())[0] })).toBeUndefined()

    const table = await fairlead('export', '--format', 'csv')
    expect(table.stdout).toMatch(/^seq,id,at,actor,/)
    await writeFile(join(folder, 'table.csv'), table.stdout)
    expect((await fairlead('verify', join(folder, 'table.csv'))).stdout).toContain('export with --format jsonl')
  })

  test('arguments that nest deeply do not keep it from being verified', async () => {
    const { read } = newCalls(engine)
    const deep = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)
    engine.model.use([{ toolCalls: [{ ...read('R1'), args: { resource_type: 'pods', name: deep } }] }, { text: 'No.' }])
    expect(flowOf(await readRun(await engine.owner.chat('read it')))).toMatch(/END\(completed\)$/)
    await isSealed().toMatchObject({ body: { ok: true, unsealed: 0 } })
    expect((await fairlead('verify', await exported())).stdout).toMatch(/^Verified: /)
  })

  test('a part of it is only said to be one', async () => {
    const file = await exported('--type', 'attempt.started,attempt.ended,signing_key.added')
    const strict = await fairlead('verify', file, '--key', keys)
    expect(strict.code).toBe(1)
    expect(strict.stdout).toMatch(/^Not as it was written: Row \d+ was removed\. .*--filtered/)
    const filtered = await fairlead('verify', file, '--key', keys, '--filtered')
    expect(filtered.code).toBe(0)
    expect(filtered.stdout).toContain('does not show that no other row was left out')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"outcome":"succeeded"', '"outcome":"failed"'))
    expect((await fairlead('verify', file, '--filtered')).stdout).toMatch(/Row \d+ \([0-9a-f-]+\) was changed\./)
  })

  test('wrong use is told apart from a wrong record', async () => {
    const file = await exported()
    await writeFile(join(folder, 'no-key'), 'secret')
    for (const args of [
      ['verify'],
      ['verify', join(folder, 'missing')],
      ['verify', file, '--key', join(folder, 'no-key')],
      ['verify', file, '--head', join(folder, 'no-key')],
      ['export', '--format', 'xml'],
    ])
      expect([args, (await fairlead(...args)).code]).toEqual([args, 2])
    const whole = await readFile(file, 'utf8')
    const cut = whole.trimEnd().split('\n').slice(0, -1).join('\n')
    await writeFile(file, cut)
    expect(await fairlead('verify', file)).toMatchObject({ code: 1, stdout: expect.stringContaining('ends at line') })
  })

  test('an owner of the database who rewrites what happened is found, by the engine and offline', async () => {
    await engine.restart({
      whileDown: async (db) => {
        await db.execute(sql`alter table audit_events disable trigger user`)
        await db.execute(sql`update audit_events set actor = 'eve@example.com' where type = 'approval.decided'`)
        await db.execute(sql`alter table audit_events enable trigger user`)
      },
    })
    const decided = await engine.owner.request('GET', '/audit?type=approval.decided')
    const { seq, id } = (decided.body as { items: { seq: number; id: string }[] }).items[0] ?? {}
    expect(await engine.owner.request('GET', '/audit/verify')).toMatchObject({
      body: {
        ok: false,
        first_bad: { seq, id, problem: 'changed', of: 'row', detail: `Row ${seq} (${id}) was changed.` },
      },
    })
    const said = await fairlead('verify', await exported(), '--key', keys)
    expect(said).toEqual({ code: 1, stdout: `Not as it was written: Row ${seq} (${id}) was changed.\n`, stderr: '' })
  })
})
