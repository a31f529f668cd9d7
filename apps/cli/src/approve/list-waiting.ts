import { expiryOf } from '@fairlead/client/time/expiry'
import { masksWords } from '@fairlead/contract/effect/effect-words'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { visibleText } from '@fairlead/contract/visible-text'
import type { Session } from '../session/open-session.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { readWaiting } from './read-waiting.ts'

/** What was asked for is the list, so it goes to stdout, for people too. */
export async function listWaiting(session: Session, terminal: Terminal, json = false): Promise<ExitCode> {
  const items = await readWaiting(session.api)
  if (json) for (const item of items) terminal.json(item)
  else if (items.length === 0) terminal.note('Nothing waits for you.')
  else for (const item of items) terminal.answer(`${itemLines(item, terminal).join('\n')}\n`)
  return exitCodes.done
}

function itemLines(item: ApprovalItem, { answerColours: { ask, strong, quiet } }: Terminal): string[] {
  const { effect } = item
  const expiry = expiryOf(item.expires_at, Date.now())
  const risk = effect === null ? 'effect not known yet' : `${effect.risk} risk`
  const hidden = masksWords(effect?.masks ?? [])
  const facts = [
    effect?.risk === 'low' ? risk : ask(risk),
    neutraliseLine(item.requester.email),
    ...(item.required.approvers > 1 ? [`${item.votes.length} of ${item.required.approvers} approvals`] : []),
    ...(item.revision > 1 ? ['asked again'] : []),
    ...((item.taint?.length ?? 0) > 0 ? [ask('taint')] : []),
    ...(hidden === undefined ? [] : [ask(hidden)]),
    ...(expiry === undefined ? [] : [expiry.text]),
  ]
  return [
    `${strong(neutraliseLine(effect?.summary ?? item.title))}`,
    `  ${facts.join(', ')}`,
    ...(effect?.highlights ?? []).map(({ fact }) => `  ${ask('!')} ${firstLine(fact)}`),
    `  ${quiet(neutraliseLine(item.request))}`,
    `  ${neutraliseLine(item.call_id)}`,
  ]
}

/** The list says that there is something; the card has all of it. */
function firstLine(fact: string): string {
  const [first = '', ...more] = visibleText(fact.trimEnd()).split('\n')
  return more.length === 0 ? first : `${first} … ${more.length + 1} lines`
}
