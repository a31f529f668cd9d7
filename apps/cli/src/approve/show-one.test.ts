import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { createApi } from '@fairlead/contract/client/create-api'
import { expect, test } from 'vitest'
import { scaling } from '../call/waiting-call.fixture.ts'
import type { Session } from '../session/open-session.ts'
import { sendJson, testServer } from '../session/test-server.fixture.ts'
import { createTerminal, type TerminalStreams } from '../terminal/terminal.ts'
import { showOne } from './show-one.ts'

const masks = [{ object: 0, path: '/data/x', side: 'after' as const, at: 0, bytes: 40, executable: true }]
const item = {
  ...{
    call_id: 'call_1',
    tool: 'k8s_scale',
    status: 'awaiting_approval',
    title: 'Scale',
    request: 'scale web',
    votes: [],
    revision: 1,
  },
  ...{
    expires_at: null,
    effect: scaling({ effect: { masks } }).effect,
    policies: [],
    args_digest: 'a',
    effect_digest: 'e',
  },
  requester: { id: 'u', email: 'ada@example.com', name: 'Ada' },
  required: { approvers: 1 },
}

/** What stands on stdout of a script, and what was asked. */
async function shown(options: { unmasked?: boolean; json?: boolean }) {
  await using server = await testServer(({ path }, response) =>
    sendJson(response, 200, path.endsWith('/unmasked') ? { effect: item.effect, shown: 'proof-1' } : item),
  )
  const stdout = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() } as unknown as TerminalStreams
  const session = { api: createApi({ base: server.url, fetch }) } as Session
  await showOne(session, createTerminal(streams, {}), { callId: 'call_1', ...options })
  stdout.end()
  return { text: await readAll(stdout), paths: server.requests.map(({ path }) => path) }
}

test('a script that asks for the text behind the masks gets the token that an approval takes', async () => {
  expect((await shown({ unmasked: true })).text).toContain('\nTo approve it, give --shown proof-1\n')
  expect(JSON.parse((await shown({ unmasked: true, json: true })).text)).toMatchObject({ shown: 'proof-1' })
})

test('without being asked for, that text is not read', async () => {
  const { text, paths } = await shown({})
  expect(text).toContain('Show what would be written: fairlead approve call_1 --unmasked')
  expect(text).not.toContain('--shown')
  expect(paths).toEqual(['/approvals/call_1'])
})
