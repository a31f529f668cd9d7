import { join } from 'node:path'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { productWrites } from './kube-writes.fixture.ts'
import { type Awaiting, newPerson } from './person.fixture.ts'
import { only } from './read-events.fixture.ts'
import { ctrlC, enter, openTerminal, runCommand } from './terminal.fixture.ts'
import { startTerminalInstallation, type TerminalInstallation, type Workload } from './terminal-installation.fixture.ts'

const minutes = 60_000
let all: TerminalInstallation

beforeAll(async () => {
  all = await startTerminalInstallation()
}, 3 * minutes)
afterAll(() => all.close())

async function proposed(it: Workload, to: number): Promise<Awaiting> {
  return only(await all.ada.ask(it.message(to)), 'tool.awaiting_approval')
}

const approve = (...args: string[]) => runCommand({ args: ['approve', ...args], env: all.signedIn() })
const digests = ({ args_digest, effect_digest }: Awaiting): string[] => [
  '--args-digest',
  args_digest,
  '--effect-digest',
  effect_digest,
]

test('what waits is listed, decided by its digests, executed, and gone from the list', {
  timeout: 2 * minutes,
}, async () => {
  requireNodes(all.cluster)
  expect(await approve('list')).toEqual({ code: 0, stdout: '', stderr: 'Nothing waits for you.\n' })
  const [one, other] = [await all.workload(), await all.workload()]
  const [first, second] = await Promise.all([proposed(one, 4), proposed(other, 5)])

  const listed = await approve('list')
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  for (const { call_id, effect } of [first, second]) {
    expect(listed.stdout).toContain(`${effect.summary}\n  low risk, ada@example.com, expires in 2`)
    expect(listed.stdout).toContain(`  ${call_id}\n`)
  }
  const { stdout } = await approve('list', '--json')
  const items = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as ApprovalItem)
  expect(items.map(({ call_id }) => call_id).toSorted()).toEqual([first.call_id, second.call_id].toSorted())
  const item = items.find(({ call_id }) => call_id === first.call_id)
  expect(item).toMatchObject({
    args_digest: first.args_digest,
    effect_digest: first.effect_digest,
    status: 'awaiting_approval',
  })

  expect(await approve(first.call_id, '--yes', '--wait', ...digests(first))).toEqual({
    code: 0,
    stdout: '',
    stderr: `${first.call_id}: approved\nDone: ${first.effect.summary}\nVerified: the cluster is as approved.\n`,
  })
  expect(await one.replicas()).toBe(4)

  const reason = all.chance.name('because')
  const denied = await approve(second.call_id, '--no', '--reason', reason, '--json', ...digests(second))
  expect(denied).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(denied.stdout)).toMatchObject({ call_id: second.call_id, status: 'denied' })
  expect(await other.replicas()).toBe(2)
  const { body } = await all.ada.request('GET', '/audit?type=approval.decided&limit=200')
  const recorded = (body as { items: AuditEvent[] }).items.find(({ call_id }) => call_id === second.call_id)
  expect(recorded?.data).toMatchObject({
    approve: false,
    reason,
    args_digest: second.args_digest,
    effect_digest: second.effect_digest,
  })

  expect(await approve(second.call_id, '--yes', ...digests(second))).toEqual({
    code: 5,
    stdout: '',
    stderr: 'fairlead: It was decided before: denied by ada@example.com.\n',
  })
  expect(await approve('list', '--json')).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('nothing is decided by other digests, without digests, or on what has changed', {
  timeout: 2 * minutes,
}, async () => {
  const it = await all.workload()
  const approval = await proposed(it, 6)
  const other = { ...approval, effect_digest: 'f'.repeat(64) }
  const cases: [args: string[], code: number, said: string][] = [
    [[approval.call_id, '--yes', ...digests(other)], 5, 'The effect has changed. Nothing was decided.'],
    [
      [approval.call_id, '--yes', ...digests({ ...approval, args_digest: 'f'.repeat(64) })],
      5,
      'arguments have changed',
    ],
    [[approval.call_id, '--yes'], 2, 'A decision is bound to what you have read'],
    [
      [approval.call_id, '--yes', '--args-digest', approval.args_digest],
      2,
      'A decision is bound to what you have read',
    ],
    [[approval.call_id, '--yes', '--args-digest', 'x', '--effect-digest', 'y'], 2, '64 hex digits'],
    [[approval.call_id, '--yes', '--no', ...digests(approval)], 2, 'not both'],
    [['--yes', ...digests(approval)], 2, 'Name the call'],
    [['call_of_nobody', '--yes', ...digests(approval)], 1, 'Tool call not found.'],
  ]
  const [shown, listed, ...refused] = await Promise.all([
    approve(approval.call_id),
    approve(approval.call_id, '--json'),
    ...cases.map(([args]) => approve(...args)),
  ])
  for (const [index, [args, code, said]] of cases.entries()) {
    expect(refused[index], args.join(' ')).toEqual({ code, stdout: '', stderr: expect.stringContaining(said) })
  }
  expect(shown).toMatchObject({ code: 4, stderr: '' })
  expect(shown.stdout).toContain(`effect    ${approval.effect_digest}`)
  expect(listed).toMatchObject({ code: 4, stderr: '' })
  expect(productWrites(all.cluster, it.namespace)).toEqual([])

  await it.scaleTo(3)
  expect(await approve(approval.call_id, '--yes', '--wait', ...digests(approval))).toMatchObject({
    code: 5,
    stderr: `${approval.call_id}: approved\nChanged since you approved it. Nothing was written; it is asked again.\n`,
  })
  expect(await it.replicas()).toBe(3)
  expect(productWrites(all.cluster, it.namespace)).toEqual([])
})

test('whom it does not concern sees nothing and decides nothing', { timeout: minutes }, async () => {
  const it = await all.workload()
  const approval = await proposed(it, 6)
  const eve = await newPerson(all.up, `${all.chance.name('eve')}@example.com`)
  const asEve = (...args: string[]) =>
    runCommand({ args: ['approve', ...args], env: { ...all.signedIn(), FAIRLEAD_EMAIL: eve.email } })
  expect(await asEve('list', '--json')).toEqual({ code: 0, stdout: '', stderr: '' })
  const decided = [approval.call_id, '--yes', ...digests(approval)]
  const tries = [[approval.call_id], [approval.call_id, '--json'], decided].map((args) => asEve(...args))
  for (const { code, stdout } of await Promise.all(tries)) {
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
  }
  const nobody = { FAIRLEAD_SERVER: all.server, XDG_STATE_HOME: join(all.folder, 'nobody') }
  expect(await runCommand({ args: ['approve', 'list'], env: nobody })).toMatchObject({ code: 3, stdout: '' })
  expect(await it.replicas()).toBe(2)
})

test('at a terminal each is shown and asked about, and what changed is shown anew', {
  timeout: 2 * minutes,
}, async () => {
  requireNodes(all.cluster)
  const bob = await newPerson(all.up, `${all.chance.name('bob')}@example.com`)
  const [one, other] = [await all.workload(), await all.workload()]
  for (const it of [one, other]) await bob.ask(it.message(6))
  const env = { ...all.signedIn(), FAIRLEAD_EMAIL: bob.email }
  const terminal = openTerminal({ args: ['approve'], env })
  await terminal.see('1 of 2')
  await terminal.see(`Asked by  ${bob.email}`)
  await terminal.see(`Scale ${one.name} 2 → 6 in ${one.namespace}`)
  await terminal.see('Approve exactly this?')
  await one.scaleTo(4)
  terminal.type(`y${enter}`)
  await terminal.see('Approved. It runs now.')
  await terminal.see('Changed since you approved it. Nothing was written; it is asked again.')
  await terminal.see(`Scale ${one.name} 4 → 6 in ${one.namespace}`)
  await terminal.see('Different from what you read before:')
  await terminal.see('Approve exactly this?')
  terminal.type(`y${enter}`)
  await terminal.see('Verified: the cluster is as approved.')
  await terminal.see('2 of 2')
  await terminal.see('Approve exactly this?')
  terminal.type(ctrlC)
  expect(await terminal.ended).toBe(4)
  expect([await one.replicas(), await other.replicas()]).toEqual([6, 2])
})
