import { randomUUID } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import type { Administrator } from './credential-secrets.ts'
import type { IntegrationRow } from './integration-rows.ts'
import { jenkinsArguments } from './jenkins-arguments.ts'

const TEST_MS = 10_000
const TOOL = 'jenkins_whoami'

export type TestPorts = {
  db: Db
  /** The tool server itself: a disabled integration can be tested, too. */
  tools: Pick<ToolServer, 'call' | 'list'>
  identity(by: Administrator): Promise<Record<string, string>>
}

/** Who the stored login is, as the other system says. Throws Refusal `integrationNotTested`. */
export async function testIntegration(
  { db, tools, identity }: TestPorts,
  { row, by, signal }: { row: IntegrationRow; by: Administrator; signal: AbortSignal },
): Promise<{ ok: boolean; detail: string }> {
  const limit = AbortSignal.timeout(TEST_MS)
  const until = AbortSignal.any([signal, limit])
  const listed = await tools.list(until).catch((cause: unknown) => {
    throw new Refusal('integrationNotTested', { cause })
  })
  // Nobody vouches for another tool of that name: it is not told where the login is.
  if (!listed.some(({ name, pinned }) => name === TOOL && pinned))
    return { ok: false, detail: 'The tool server has no tools for Jenkins.' }
  const callId = `own_${randomUUID().replaceAll('-', '')}`
  const meta = await identity(by)
  const answer = await tools.call({ name: TOOL, args: jenkinsArguments(row), meta, callId, signal: until })
  const isAnswered = answer.kind === 'answered'
  const detail = isAnswered ? answer.text : limit.aborted ? 'It did not answer within 10 s.' : answer.sentence
  const ok = isAnswered && !answer.isError
  await recordAudit(db, {
    actor: by.email,
    actor_ip: by.address,
    user_id: by.id,
    call_id: callId,
    type: 'call.ended',
    data: { tool: TOOL, class: 'read', args: {}, outcome: ok ? 'succeeded' : 'failed', result: detail },
  })
  if (!isAnswered && !limit.aborted) throw new Refusal('integrationNotTested', { fields: { reason: detail } })
  return { ok, detail: ok ? signedInAs(answer.text) : detail }
}

function signedInAs(text: string): string {
  const whole: unknown = parsed(text)
  const body = isRecord(whole) && isRecord(whole.body) ? whole.body : undefined
  if (typeof body?.id !== 'string') return text
  const name = typeof body.fullName === 'string' && body.fullName !== body.id ? ` (${body.fullName})` : ''
  return `Signed in as ${body.id}${name}.`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
