import { spawnSync } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkCommand, readChecks } from './check-command.ts'

/** The script as a shell runs it, over programs that end as they are told. */
async function run(ends: Record<'nslookup' | 'nc' | 'wget', number>, path: string | null) {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-check-'))
  for (const [program, code] of Object.entries(ends))
    await writeFile(join(folder, program), `#!/bin/sh\necho "${program}: $*"\nexit ${code}\n`, { mode: 0o755 })
  const [, ...words] = checkCommand({ host: 'db.shop', port: 8080, path })
  const { stdout } = spawnSync('/bin/sh', words, { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' })
  return stdout.trimEnd().split('\n')
}

test('each check is made by itself, and how it ended is read from what was printed', async () => {
  const lines = await run({ nslookup: 0, nc: 1, wget: 0 }, '/healthz?a=b')
  expect(lines).toEqual([
    'nslookup: db.shop',
    'dns: 0',
    'nc: -z -w 5 db.shop 8080',
    'tcp: 1',
    'wget: -T 5 -O /dev/null http://db.shop:8080/healthz?a=b',
    'http: 0',
  ])
  expect(readChecks(lines)).toEqual({ checks: { dns: 'ok', tcp: 'failed', http: 'ok' } })
  expect(readChecks(await run({ nslookup: 127, nc: 0, wget: 0 }, null))).toEqual({
    checks: { dns: 'failed', tcp: 'ok' },
  })
})

test.each(['wget: server returned error: HTTP/1.1 401 Unauthorized', '2026-11-27 06:00:00 ERROR 401: Unauthorized.'])(
  'who refuses does answer: %s',
  (said) => {
    const checks = { dns: 'ok', tcp: 'ok', http: 'answers with status 401' }
    expect(readChecks(['dns: 0', 'tcp: 0', said, 'http: 1'])).toEqual({ checks })
    expect(readChecks(['tcp: 0', 'wget: download timed out', 'http: 1'])).toEqual({
      checks: { tcp: 'ok', http: 'failed' },
    })
  },
)
