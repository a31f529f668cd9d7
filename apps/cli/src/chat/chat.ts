import { text as readAll } from 'node:stream/consumers'
import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { visibleProse } from '@fairlead/contract/visible-text'
import { askAboutCall } from '../call/ask-about-call.ts'
import { callCardLines } from '../call/call-card.ts'
import { detailsCommand, unmaskCommand } from '../call/show-commands.ts'
import type { WaitingCall } from '../call/waiting-call.ts'
import { wholeCall } from '../call/whole-call.ts'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import type { Interrupts } from '../terminal/interrupts.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { askLine } from '../terminal/prompts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { type Conversation, createConversation, type Opened } from './conversation.ts'
import type { RunEnd } from './follow-run.ts'
import { createRunPrinter, type RunPrinter } from './run-printer.ts'

export type ChatOptions = {
  words: string[]
  conversation?: string
  json?: boolean
  session: Session
  terminal: Terminal
  interrupts: Interrupts
}

type Chat = { talk: Conversation; printer: RunPrinter; session: Session; terminal: Terminal; mayDecide: boolean }

/** One question, or a talk of many; resolves to the exit code. */
export async function chat(options: ChatOptions): Promise<ExitCode> {
  const { session, terminal, interrupts, json = false } = options
  const message = await messageOf(options)
  // In JSON the events themselves are the output; what waits is kept track of all the same.
  const silent = { answer: () => {}, note: () => {}, passing: () => {} }
  // What is folded is opened at the prompt; where there is none, it is told as it comes.
  const foldsReads = terminal.isInteractive && message === undefined
  const printer = createRunPrinter(json ? { ...terminal, ...silent } : terminal, { foldsReads })
  const onEvent = (event: unknown) => (json ? terminal.json(event) : undefined)
  const talk = createConversation({ session, terminal, interrupts, printer, onEvent })
  const chatting: Chat = { talk, printer, session, terminal, mayDecide: terminal.isInteractive && !json }
  let end: RunEnd | undefined
  if (options.conversation !== undefined) {
    const opened = await talk.open(options.conversation)
    if (!json) showOpened(terminal, opened)
    if (opened.activeRunId !== undefined) end = await talk.attach(opened.activeRunId)
    end = await settle(chatting, end)
  }
  if (message !== undefined) end = await askOne(chatting, message)
  else if (chatting.mayDecide) {
    await askMany(chatting)
    // Whoever leaves a talk has seen how each run ended.
    end = undefined
  }
  if (json) terminal.json(lastLine(talk, end))
  else if (!chatting.mayDecide) for (const call of talk.waiting) await showCall(chatting, call)
  return exitCodeOf(chatting, end)
}

async function messageOf({ words, conversation, json, terminal }: ChatOptions): Promise<string | undefined> {
  const { input, isInteractive } = terminal
  const given = words.length > 0 || input.isTTY ? words.join(' ') : await readAll(input)
  const message = given.trim()
  if (message !== '') return message
  if (conversation === undefined && (json || !isInteractive)) {
    throw new CommandError('wrongUse', 'There is no question: give it as an argument, or on stdin.')
  }
  return undefined
}

async function askOne(chatting: Chat, message: string): Promise<RunEnd | undefined> {
  const { talk } = chatting
  // To ask closes what waits, and nobody said that it should be.
  if (talk.waiting.length > 0) {
    if (!chatting.mayDecide) {
      chatting.terminal.note('The question was not sent: it would withdraw the change that waits. Decide that first.')
      return { status: 'awaiting_approval' }
    }
    if (!(await mayWithdraw(chatting))) return { status: 'awaiting_approval' }
  }
  chatting.printer.reads.begin()
  return await settle(chatting, await talk.ask(message))
}

async function askMany(chatting: Chat): Promise<void> {
  for (;;) {
    const message = await askLine(chatting.terminal, { message: 'You (Ctrl-C leaves)' })
    if (message === undefined) return
    if (message === '/reads') showReads(chatting)
    else if (message !== '') await askOne(chatting, message)
  }
}

function showReads({ printer, terminal }: Chat): void {
  const lines = printer.reads.opened()
  terminal.note(lines.length === 0 ? 'Nothing was read for the last question.' : lines.join('\n'))
}

async function mayWithdraw({ terminal, talk }: Chat): Promise<boolean> {
  const count = talk.waiting.length === 1 ? 'the change that waits' : `the ${talk.waiting.length} changes that wait`
  const answer = await askLine(terminal, {
    message: `Sending this withdraws ${count}. Send it? (y/n)`,
    check: (text) => (/^[yn]$/i.test(text) ? undefined : 'Type y or n, and Enter.'),
  })
  return answer?.toLowerCase() === 'y'
}

/** Asks about what waits, one call after the other, until nothing is left that this person decides now. */
async function settle(chatting: Chat, before: RunEnd | undefined): Promise<RunEnd | undefined> {
  const { talk, terminal, session, mayDecide } = chatting
  let end = before
  const left = new Set<string>()
  while (mayDecide) {
    const call = talk.waiting.find(({ callId, revision }) => !left.has(`${callId} ${revision}`))
    if (call === undefined) break
    const seen = talk.seenBefore(call.callId)
    const said = await askAboutCall(session, terminal, { call, seen, titles: talk.titles })
    if (said === 'later') left.add(`${call.callId} ${call.revision}`)
    else end = (await talk.decide(call, said)) ?? end
  }
  return end
}

/** Where nobody is asked: all of it, for whoever reads on. */
async function showCall({ terminal, session, talk }: Chat, call: WaitingCall): Promise<void> {
  const { colours, note } = terminal
  const whole = await wholeCall(session.api, call)
  const commands = { unmaskBy: unmaskCommand(call), detailsBy: detailsCommand(call) }
  note(callCardLines(whole, { colours, now: Date.now(), titles: talk.titles, ...commands }).join('\n'))
}

const SHOWN_MESSAGES = 2

function showOpened({ note, answer, colours }: Terminal, { title, messages }: Opened): void {
  note(colours.strong(neutraliseLine(title ?? 'Without a title')))
  for (const message of messages.slice(-SHOWN_MESSAGES)) {
    if (message.type === 'user') note(`${colours.quiet('You:')} ${visibleProse(message.content)}`)
    else for (const text of textsOf(message)) answer(`${visibleProse(text).trimEnd()}\n`)
  }
}

function textsOf({ segments }: Extract<TimelineMessage, { type: 'assistant' }>): string[] {
  return segments.flatMap((segment) => (segment.kind === 'text' ? [segment.text] : []))
}

function lastLine({ id, waiting }: Conversation, end: RunEnd | undefined) {
  return {
    type: 'chat.end',
    conversation_id: id ?? null,
    status: waiting.length > 0 ? 'awaiting_approval' : (end?.status ?? 'completed'),
    waiting: waiting.map((call) => ({
      call_id: call.callId,
      tool: call.tool,
      title: call.title,
      summary: call.effect?.summary ?? null,
      risk: call.effect?.risk ?? null,
      args_digest: call.argsDigest ?? null,
      effect_digest: call.effectDigest ?? null,
      revision: call.revision,
      expires_at: call.expiresAt ?? null,
    })),
  }
}

function exitCodeOf({ talk, terminal }: Chat, end: RunEnd | undefined): ExitCode {
  const [call] = talk.waiting
  if (call !== undefined) {
    terminal.note(`A change waits for a decision: fairlead approve ${neutraliseLine(call.callId)}`)
    return exitCodes.waiting
  }
  switch (end?.status) {
    case 'error':
    case 'lost':
    case 'unstarted':
      return exitCodes.failed
    case 'stopped':
      return exitCodes.stopped
    case 'awaiting_approval':
      return exitCodes.waiting
    default:
      return exitCodes.done
  }
}
