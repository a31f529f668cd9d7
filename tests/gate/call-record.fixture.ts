import type { RunEvent } from '@fairlead/contract/events/run-event'
import { type ClusterWrite, writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { expect } from 'vitest'
import type { Seen } from './caller.fixture.ts'
import type { Installation } from './installation.fixture.ts'
import type { PreparedWrite } from './random-write.fixture.ts'

/** What has become of a write by database, audit and the API server's own log. */
export type CallRecord = {
  window: string
  write: string
  outcome: string
  /** How often its object was written: 1 is each request of the write once. Any other write to it counts on top. */
  effects: number
  attempts: number
  audited: 'yes' | 'NO'
}

export async function recordOf(
  { sql, apiServer }: Installation,
  { window, write, callId, namespace }: { window: string; write: PreparedWrite; callId: string; namespace: string },
): Promise<CallRecord> {
  const { rows: calls } = await sql.query('select * from tool_calls where call_id = $1', [callId])
  const { rows: attempts } = await sql.query('select * from attempts where call_id = $1', [callId])
  const { rows: audit } = await sql.query('select type from audit_events where call_id = $1', [callId])
  const count = (type: string) => audit.filter((event) => event.type === type).length
  const isAudited =
    count('approval.decided') === 1 &&
    count('grant.issued') >= attempts.length &&
    count('attempt.started') === attempts.length &&
    count('attempt.ended') === attempts.length &&
    count('call.ended') === 1
  const { status, outcome, recovered } = calls[0]
  const ending = recovered ? 'recovered' : attempts.length > 1 ? 'sent again' : (outcome ?? status)
  const writes = await writesTo(apiServer, { namespace, write, callId })
  return {
    window,
    write: write.kind,
    outcome: ending,
    effects: effectsIn(writes, write),
    attempts: attempts.length,
    audited: isAudited ? 'yes' : 'NO',
  }
}

/** Every write to the objects of a prepared one, whoever of the product sent it, and every other one of its call. */
export async function writesTo(
  apiServer: Installation['apiServer'],
  { namespace, write, callId }: { namespace: string; write: PreparedWrite; callId: string },
): Promise<ClusterWrite[]> {
  const all = await writesIn(apiServer)
  return all.filter((each) => {
    const isOfObject = each.namespace === namespace && write.objects.includes(each.name)
    return each.callId === callId || isOfObject
  })
}

/** How often the write has taken effect: each of its requests so often, and any that it does not have is one more. */
export function effectsIn(writes: readonly ClusterWrite[], { requests }: PreparedWrite): number {
  const seen = writes.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
  const times = requests.map((request) => seen.filter((each) => each === request).length)
  const strange = seen.filter((each) => !requests.includes(each)).length
  return Math.max(0, ...times) + strange
}

/** What a client saw of one engine comes again from the other, the same, and goes on without a gap in what is fact. */
export function expectOneStream(before: readonly Seen[], after: readonly Seen[], isUnknown: boolean): void {
  const facts = (events: readonly Seen[]) => events.filter(({ type }) => !['token', 'thinking'].includes(type))
  expect(facts(after).slice(0, facts(before).length)).toEqual(facts(before))
  const ids = after.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other))
  const count = (type: RunEvent['type']) => after.filter((event) => event.type === type).length
  expect([count('tool.approved'), count('tool.executing')]).toEqual([1, 1])
  const ends = [count('tool.result'), count('tool.verified'), count('tool.error')]
  expect(ends).toEqual(isUnknown ? [0, 0, 1] : [1, 1, 0])
}

/** The last event that is about the run itself: a title may come behind it. */
export function lastOf(events: readonly Seen[]): Seen | undefined {
  return events.findLast(({ type }) => type !== 'conversation.title.generated')
}

export async function lastRun({ sql }: Installation, conversationId: string): Promise<string> {
  const { rows } = await sql.query('select id from runs where conversation_id = $1 order by started_at desc', [
    conversationId,
  ])
  return rows[0].id
}

/** One line a window. */
export function tableOf(what: string, names: readonly string[], rows: readonly CallRecord[]): string {
  const line = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padEnd(14)).join('')
  const head = [what, 'succeeded', 'recovered', 'sent again', 'unknown', 'most effects', 'records']
  const lines = names.map((window) => {
    const of = rows.filter((row) => row.window === window)
    const times = (outcome: string) => of.filter((row) => row.outcome === outcome).length
    const most = Math.max(0, ...of.map(({ effects }) => effects))
    const whole = of.every(({ audited }) => audited === 'yes') ? 'whole' : 'NOT WHOLE'
    const outcomes = ['succeeded', 'recovered', 'sent again', 'unknown'].map(times)
    return window.padEnd(34) + line([of.length, ...outcomes, most, whole])
  })
  return ['window'.padEnd(34) + line(head), ...lines].join('\n')
}
