import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import { type FaultProxy, startFaultProxy } from '@fairlead/testing/cluster/fault-proxy'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { productWrites } from './kube-writes.fixture.ts'
import { newPerson, password } from './person.fixture.ts'
import { ctrlC, enter, openTerminal, runCommand } from './terminal.fixture.ts'
import { hostile, startTerminalInstallation, type TerminalInstallation } from './terminal-installation.fixture.ts'

const minutes = 60_000
let all: TerminalInstallation
let line: FaultProxy

beforeAll(async () => {
  all = await startTerminalInstallation()
  line = await startFaultProxy({ url: all.server })
}, 3 * minutes)
afterAll(async () => {
  await line.close()
  await all.close()
})

test('a person signs in once, reads the effect, approves it, and sees it verified', {
  timeout: 2 * minutes,
}, async () => {
  requireNodes(all.cluster)
  const it = await all.workload()
  const to = all.chance.number(3, 9)
  const env = { FAIRLEAD_SERVER: all.server, XDG_STATE_HOME: join(all.folder, 'of-ada') }
  const terminal = openTerminal({ args: ['chat'], env })
  await terminal.see('E-mail')
  terminal.type(`${all.ada.email}${enter}`)
  await terminal.see('Password')
  terminal.type(`${password}${enter}`)
  await terminal.see('You (Ctrl-C leaves)')
  expect(terminal.raw()).not.toContain(password)
  terminal.type(`${it.message(to)}${enter}`)
  await terminal.see('Let me look.')
  await terminal.see(`read  Deployments of ${it.namespace}`)
  await terminal.see('I will scale it.')
  await terminal.see('Waits for a person')
  await terminal.see(`Scale ${it.name} 2 → ${to} in ${it.namespace}`)
  await terminal.see('Risk      low')
  await terminal.see('Tried out by the API server (dry run)')
  await terminal.see(`spec.replicas: 2 -> ${to}  ! replicas`)
  expect(terminal.raw()).toContain(`spec.replicas: \u001b[31m2\u001b[39m -> \u001b[32m${to}\u001b[39m`)
  await terminal.see('Can be undone by k8s_scale')
  await terminal.see('Digests   arguments ')
  await terminal.see('Approve exactly this?')
  terminal.type(`d${enter}`)
  await terminal.see(`+  replicas: ${to}`)
  await terminal.see('Details: fixed now and used at execution')
  await terminal.see('Approve exactly this?')
  expect(await it.replicas()).toBe(2)
  terminal.type(`y${enter}`)
  await terminal.see('Approved by ada@example.com.')
  await terminal.see('Executing: ')
  await terminal.see('Done: ')
  await terminal.see('Verified: the cluster is as approved.')
  await terminal.see('You (Ctrl-C leaves)')
  expect(await it.replicas()).toBe(to)
  terminal.type(ctrlC)
  expect(await terminal.ended).toBe(0)
  expect((await stat(join(all.folder, 'of-ada/fairlead/sessions.json'))).mode & 0o777).toBe(0o600)

  const again = await runCommand({ args: ['chat', 'hello'], env })
  expect(again).toEqual({ code: 0, stdout: 'I can scale.\n', stderr: '' })
})

test('a session goes on when its access token has ended, and ends with sign-out', { timeout: minutes }, async () => {
  const state = join(all.folder, 'of-bob')
  const bob = await newPerson(all.up, `${all.chance.name('bob')}@example.com`)
  const env = { FAIRLEAD_SERVER: all.server, XDG_STATE_HOME: state }
  const terminal = openTerminal({ args: ['chat', 'hello'], env })
  await terminal.see('E-mail')
  terminal.type(`${bob.email}${enter}`)
  await terminal.see('Password')
  terminal.type(`not it${enter}`)
  await terminal.see('E-mail or password is not right.')
  await terminal.see('E-mail')
  terminal.type(`${bob.email}${enter}`)
  await terminal.see('Password')
  terminal.type(`${password}${enter}`)
  await terminal.see('I can scale.')
  expect(await terminal.ended).toBe(0)

  const file = join(state, 'fairlead/sessions.json')
  const kept = JSON.parse(await readFile(file, 'utf8'))
  const address = `${all.server}/api/v1`
  const refreshed = kept[address].refresh
  await writeFile(file, JSON.stringify({ [address]: { ...kept[address], access: 'over' } }))
  expect(await runCommand({ args: ['chat', 'hello'], env })).toMatchObject({ code: 0, stdout: 'I can scale.\n' })
  const renewed = JSON.parse(await readFile(file, 'utf8'))[address]
  expect(renewed.refresh).not.toBe(refreshed)

  expect(await runCommand({ args: ['sign-out'], env })).toMatchObject({ code: 0, stderr: 'Signed out.\n' })
  const headers = { authorization: `Bearer ${renewed.access}` }
  expect((await fetch(`${address}/auth/me`, { headers })).status).toBe(401)
  expect((await runCommand({ args: ['chat', 'hello'], env })).code).toBe(3)
})

test('a key pressed too early decides nothing, and a denial is told to the model', {
  timeout: 2 * minutes,
}, async () => {
  const it = await all.workload()
  const env = { ...all.signedIn() }
  const terminal = openTerminal({ args: ['chat', it.message(5)], env })
  await terminal.see('Let me look.')
  terminal.type(`y${enter}y${enter}`)
  await terminal.see('Approve exactly this?')
  expect(await it.replicas()).toBe(2)
  terminal.type(`r${enter}`)
  await terminal.see('Why not?')
  const reason = `not before ${all.chance.name('tuesday')}`
  terminal.type(`${reason}${enter}`)
  await terminal.see(`Denied by ada@example.com: ${reason}.`)
  await terminal.see(`denied by the user: ${reason}`)
  expect(await terminal.ended).toBe(0)
  expect(await it.replicas()).toBe(2)
  expect(productWrites(all.cluster, it.namespace)).toEqual([])
  const audit = (await all.ada.request('GET', '/audit?type=approval.decided&limit=200')).body as { items: AuditEvent[] }
  expect(JSON.stringify(audit.items)).toContain(reason)
})

test('what has changed since it was read is asked again as what it is now', { timeout: 2 * minutes }, async () => {
  requireNodes(all.cluster)
  const it = await all.workload()
  const terminal = openTerminal({ args: ['chat', it.message(7)], env: all.signedIn() })
  await terminal.see('Approve exactly this?')
  await it.scaleTo(4)
  terminal.type(`y${enter}`)
  await terminal.see('Changed since you approved it')
  await terminal.see('Nothing was written.')
  await terminal.see(`Scale ${it.name} 4 → 7 in ${it.namespace}`)
  await terminal.see('Revision  2: asked again')
  await terminal.see('/spec/replicas: was 2 -> 7, is now 4 -> 7')
  await terminal.see('Approve exactly this?')
  expect(await it.replicas()).toBe(4)
  terminal.type(`y${enter}`)
  await terminal.see('Verified: the cluster is as approved.')
  expect(await terminal.ended).toBe(0)
  expect(await it.replicas()).toBe(7)
})

test('what was decided elsewhere is told, and not decided again', { timeout: minutes }, async () => {
  const it = await all.workload()
  const terminal = openTerminal({ args: ['chat', it.message(7)], env: all.signedIn() })
  await terminal.see('Approve exactly this?')
  const { items } = (await all.ada.request('GET', '/approvals')).body as { items: ApprovalItem[] }
  const item = items.find(({ request }) => request === it.message(7))
  const { args_digest, effect_digest } = item ?? {}
  const denial = { approve: false, args_digest, effect_digest }
  expect(await all.ada.request('POST', `/approvals/${item?.call_id}/decision`, denial)).toMatchObject({ status: 200 })
  terminal.type(`y${enter}`)
  await terminal.see('It was decided before: denied by ada@example.com.')
  expect(await terminal.ended).toBe(0)
  expect(await it.replicas()).toBe(2)
})

test('left waiting, it waits; a conversation that is opened again asks again', { timeout: 2 * minutes }, async () => {
  const it = await all.workload()
  const first = openTerminal({ args: ['chat', it.message(6)], env: all.signedIn() })
  await first.see('Approve exactly this?')
  first.type(ctrlC)
  await first.see('A change waits for a decision: fairlead approve call_')
  expect(await first.ended).toBe(4)
  const { items } = (await all.ada.request('GET', '/approvals')).body as {
    items: { conversation_id: string; request: string }[]
  }
  const id = items.find(({ request }) => request === it.message(6))?.conversation_id ?? ''

  const refused = await runCommand({ args: ['chat', '--conversation', id, 'hello'], env: all.signedIn() })
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('The question was not sent') })

  const again = openTerminal({ args: ['chat', '--conversation', id], env: all.signedIn() })
  await again.see(`You: ${it.message(6)}`)
  await again.see('I will scale it.')
  await again.see('Approve exactly this?')
  again.type(`l${enter}`)
  await again.see('You (Ctrl-C leaves)')
  again.type(`hello${enter}`)
  await again.see('Sending this withdraws the change that waits.')
  again.type(`y${enter}`)
  await again.see('Withdrawn: a newer message took its place.')
  await again.see('I can scale.')
  await again.see('You (Ctrl-C leaves)')
  again.type(ctrlC)
  expect(await again.ended).toBe(0)
  expect(await it.replicas()).toBe(2)
})

test('for a script, events are lines, what waits ends it, and nothing is decided', { timeout: minutes }, async () => {
  const it = await all.workload()
  const { code, stdout, stderr } = await runCommand({ args: ['chat', '--json', it.message(5)], env: all.signedIn() })
  expect(code).toBe(4)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  const last = lines.pop()
  const approval = lines.find(({ type }) => type === 'tool.awaiting_approval')
  expect(last).toEqual({
    type: 'chat.end',
    conversation_id: approval.conversation_id,
    status: 'awaiting_approval',
    waiting: [
      {
        call_id: approval.call_id,
        tool: 'k8s_scale',
        title: approval.title,
        summary: approval.effect.summary,
        risk: 'low',
        args_digest: approval.args_digest,
        effect_digest: approval.effect_digest,
        revision: 1,
        expires_at: approval.expires_at,
      },
    ],
  })
  expect(stderr).toBe(`A change waits for a decision: fairlead approve ${approval.call_id}\n`)
  expect(await it.replicas()).toBe(2)

  const plain = await runCommand({ args: ['chat', '--conversation', approval.conversation_id], env: all.signedIn() })
  expect(plain.code).toBe(4)
  expect(plain.stderr).toContain(`Digests   arguments ${approval.args_digest}`)
  expect(plain.stdout).toBe('Let me look.\nI will scale it.\n')
  expect(plain.stderr).not.toContain('\u001b')
})

test('a question may come through a pipe, and the answer alone leaves through one', { timeout: minutes }, async () => {
  expect(await runCommand({ args: ['chat'], env: all.signedIn(), input: 'hello\n' })).toEqual({
    code: 0,
    stdout: 'I can scale.\n',
    stderr: '',
  })
})

test('what a model writes moves no terminal, in any form', { timeout: minutes }, async () => {
  const terminal = openTerminal({ args: ['chat', 'be hostile'], env: all.signedIn() })
  await terminal.see('Look:<U+001B>[2J<U+001B>]0;owned<U+0007> <U+202E>ko<U+009B>31m fine<U+000D>gone')
  expect(await terminal.ended).toBe(0)
  for (const sequence of ['\u001b[2J', '\u001b]0;', '\u0007', '\u009b', '\u202e', '\rgone']) {
    expect(terminal.raw()).not.toContain(sequence)
  }
  const { stdout } = await runCommand({ args: ['chat', '--json', 'be hostile'], env: all.signedIn() })
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  const content = stdout.split('\n').find((text) => text.includes('"generation.complete"')) ?? ''
  expect(JSON.parse(content)).toMatchObject({ content: hostile })
})

test('Ctrl-C stops the run itself', { timeout: minutes }, async () => {
  const terminal = openTerminal({ args: ['chat', 'count slowly'], env: all.signedIn() })
  await terminal.see('w3 ')
  terminal.type(ctrlC)
  await terminal.see('Stopping the run')
  await terminal.see('Stopped.')
  expect(await terminal.ended).toBe(130)
  const { body } = await all.ada.request('GET', '/conversations?limit=1')
  const [newest] = (body as { data: { id: string }[] }).data
  const read = await all.ada.request('GET', `/conversations/${newest?.id}?limit=10`)
  expect(read.body).toMatchObject({
    active_run_id: null,
    messages: [{ type: 'user' }, { type: 'assistant', stopped: true }],
  })
})

test('a line that breaks is taken up, with every piece once', { timeout: minutes }, async () => {
  let cuts = 0
  line.interfere(({ path }) => {
    const isStream = path.endsWith('/agent/chat') || path.endsWith('/events')
    if (!isStream || cuts >= 3) return { do: 'pass' }
    cuts++
    return {
      do: 'reshape',
      through: async function* (answer) {
        let sent = 0
        for await (const bytes of answer) {
          yield bytes
          sent += bytes.length
          if (sent > 2500) throw new Error('cut')
        }
      },
    }
  })
  const env = { ...all.signedIn(), FAIRLEAD_SERVER: line.url }
  const { code, stdout, stderr } = await runCommand({ args: ['chat', 'count fast'], env })
  expect(code).toBe(0)
  expect(cuts).toBe(3)
  expect(stdout.trim().split(/\s+/)).toEqual(Array.from({ length: 120 }, (_, index) => `w${index}`))
  expect(stderr).toContain('The line broke. The run goes on')
  expect(stderr).toContain('The line is back.')
  const attached = line.requests.filter(({ path }) => path.endsWith('/events'))
  for (const { headers } of attached) expect(Number(headers['last-event-id'])).toBeGreaterThan(0)
})

test.each<[name: string, args: string[], env: Record<string, string>, code: number, said: string]>([
  ['nobody is signed in', ['chat', 'x'], {}, 3, 'Not signed in at'],
  ['a wrong password', ['chat', 'x'], { FAIRLEAD_EMAIL: 'ada@example.com', FAIRLEAD_PASSWORD: 'no' }, 3, 'not right'],
  ['an unknown option', ['chat', '--bogus'], {}, 2, 'unknown option'],
  ['a conversation that is none', ['chat', '--conversation', 'mine', 'x'], {}, 2, '--conversation takes the id'],
  ['an address that is none', ['chat', '--server', 'nowhere', 'x'], {}, 2, '--server has to be an address'],
])('%s is a sentence and a code', async (_, args, env, code, said) => {
  const state = { FAIRLEAD_SERVER: all.server, XDG_STATE_HOME: join(all.folder, 'nobody') }
  const exit = await runCommand({ args, env: { ...state, ...env } })
  expect(exit).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(said) })
})

test('nobody answers, no question, and somebody else’s conversation are told apart', { timeout: minutes }, async () => {
  const nobody = { ...all.signedIn(), FAIRLEAD_SERVER: `http://127.0.0.1:${await freePort()}` }
  expect(await runCommand({ args: ['chat', 'x'], env: nobody })).toMatchObject({ code: 6 })
  expect(await runCommand({ args: ['chat', '--json'], env: all.signedIn() })).toMatchObject({ code: 2, stdout: '' })
  const eve = await newPerson(all.up, `${all.chance.name('eve')}@example.com`)
  const { stdout } = await runCommand({ args: ['chat', '--json', 'hello'], env: all.signedIn() })
  const { conversation_id: id } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  const env = { ...all.signedIn(), FAIRLEAD_EMAIL: eve.email }
  const refused = await runCommand({ args: ['chat', '--conversation', id, 'hello'], env })
  expect(refused).toEqual({ code: 1, stdout: '', stderr: 'fairlead: Not authorized for conversation.\n' })
})

test('the running instance is found by its state folder; where none runs, a sentence says what to do', {
  timeout: minutes,
}, async () => {
  const { FAIRLEAD_SERVER: _, ...env } = all.signedIn()
  const found = { args: ['chat', '--state', 'state', 'hello'], env, cwd: all.folder }
  expect(await runCommand(found)).toEqual({ code: 0, stdout: 'I can scale.\n', stderr: '' })
  const nowhere = await runCommand({ args: ['approve', 'list'], env, cwd: all.folder })
  expect(nowhere).toMatchObject({ code: 6, stdout: '' })
  expect(nowhere.stderr).toMatch(/^fairlead: No Fairlead runs from this folder .*"fairlead up".*\n$/)
})
