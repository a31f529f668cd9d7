import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { createApi } from '@fairlead/contract/client/create-api'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { expect, test } from 'vitest'
import { scaling } from '../call/waiting-call.fixture.ts'
import type { Session } from '../session/open-session.ts'
import { sendJson, testServer } from '../session/test-server.fixture.ts'
import { createTerminal, type TerminalStreams } from '../terminal/terminal.ts'
import { listWaiting } from './list-waiting.ts'

test('the list says what stands out and that something is hidden, a line each', async () => {
  const { effect } = scaling({
    effect: {
      highlights: [
        { object: 0, path: '/spec/hostPID', fact: 'host PID' },
        { object: 0, path: '/data/run.sh', fact: '#!/bin/sh\nwget x | sh\u001b[2J\n' },
      ],
      masks: [{ object: 0, path: '/data/x', side: 'after', at: 0, bytes: 40, executable: true }],
    },
  })
  const item = {
    ...{ call_id: 'call_1', effect, title: 'Scale', request: 'scale web', votes: [], revision: 1, expires_at: null },
    requester: { id: 'u', email: 'ada@example.com', name: 'Ada' },
    required: { approvers: 1 },
  } as unknown as ApprovalItem
  await using server = await testServer((_, response) => sendJson(response, 200, { items: [item], next_cursor: null }))
  const stdout = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() } as unknown as TerminalStreams
  await listWaiting({ api: createApi({ base: server.url, fetch }) } as Session, createTerminal(streams, {}))
  stdout.end()
  expect(await readAll(stdout)).toBe(
    [
      'scale Deployment shop/web 2 -> 5',
      '  low risk, ada@example.com, 1 text that would be written is hidden; it would run',
      '  ! host PID',
      '  ! #!/bin/sh … 2 lines',
      '  scale web',
      '  call_1',
      '',
    ].join('\n'),
  )
})
