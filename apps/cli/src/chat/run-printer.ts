import { readTitle } from '@fairlead/contract/call/read-title'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { visibleProse } from '@fairlead/contract/visible-text'
import { objectName } from '../call/object-name.ts'
import { valueText } from '../call/value-lines.ts'
import { verdictLines } from '../call/verdict-lines.ts'
import { type WaitingCall, waitingFromEvent } from '../call/waiting-call.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { createProgressPrinter } from './progress-printer.ts'
import { createReadsPrinter, type ReadsPrinter } from './reads-printer.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>
type SeenCall = {
  tool: string
  title: string
  isWrite: boolean
  args: string
  /** What a read is of. */
  words: string | undefined
  summary: string | undefined
  startedAt: number | undefined
}

export type RunPrinter = {
  print(event: RunEvent): void
  /** Calls that wait, in the order in which they were asked. */
  waiting: Map<string, WaitingCall>
  /** What was read of a call before its present effect, where that was replaced. */
  seenBefore: Map<string, Effect>
  titles: ReadonlyMap<string, string>
  reads: Pick<ReadsPrinter, 'opened' | 'begin' | 'flush'>
}

const ARGUMENTS_WIDTH = 80

/** Writes a run as it happens: the model's words on stdout, what it does on stderr. Moved by events alone. */
export function createRunPrinter(outer: Terminal, { foldsReads = false } = {}): RunPrinter {
  const reads = createReadsPrinter(outer, { isFolding: foldsReads })
  const inRow =
    <Written>(write: (it: Written) => void) =>
    (it: Written) => {
      reads.flush()
      write(it)
    }
  const terminal: Terminal = { ...outer, note: inRow(outer.note), answer: inRow(outer.answer) }
  const { colours, note } = terminal
  const calls = new Map<string, SeenCall>()
  const titles = new Map<string, string>()
  const waiting = new Map<string, WaitingCall>()
  const seenBefore = new Map<string, Effect>()
  const progress = createProgressPrinter(terminal)
  let generation = { hasText: false, isOpen: false }
  let isFaultTold = false

  const seen = ({ call_id, tool, title }: { call_id: string; tool?: string; title?: string }): SeenCall => {
    const known = calls.get(call_id)
    if (known) return known
    const fresh = {
      tool: tool ?? '',
      title: title || tool || call_id,
      isWrite: false,
      args: '',
      words: undefined,
      summary: undefined,
      startedAt: undefined,
    }
    calls.set(call_id, fresh)
    titles.set(call_id, fresh.title)
    return fresh
  }
  const readLine = ({ words, title, args }: SeenCall) =>
    words ?? `${neutraliseLine(title)}${args === '' ? '' : ` ${colours.quiet(args)}`}`
  const detailOf = ({ tool, args }: SeenCall) => `${neutraliseLine(tool)} ${args}`.trimEnd()
  const named = (call: SeenCall) => neutraliseLine(call.summary ?? call.title)

  const pending = ({ tools }: Of<'tools.pending'>) => {
    for (const { call_id, tool, title, args, class: of, requires_approval } of tools ?? []) {
      const isWrite = of === undefined ? requires_approval : of === 'write'
      const words = isWrite ? undefined : readTitle({ tool, args })
      calls.set(call_id, {
        tool,
        title: title || tool,
        isWrite,
        args: shortArguments(args),
        words: words === undefined ? undefined : clipped(neutraliseLine(words)),
        summary: undefined,
        startedAt: undefined,
      })
      titles.set(call_id, words ?? (title || tool))
    }
  }
  const awaiting = (event: Of<'tool.awaiting_approval'>) => {
    const call = waitingFromEvent(event)
    const former = waiting.get(event.call_id)
    if (former?.effect && former.effectDigest !== call.effectDigest) seenBefore.set(event.call_id, former.effect)
    waiting.set(event.call_id, call)
    Object.assign(seen(event), { isWrite: true, summary: call.effect?.summary })
  }
  const decided = (callId: string, line: string) => {
    const call = waiting.get(callId)
    // Kept: should it turn out to be stale, the person reads what is different.
    if (call?.effect) seenBefore.set(callId, call.effect)
    waiting.delete(callId)
    note(line)
  }
  const ended = (event: Of<'tool.result'> | Of<'tool.error'>) => {
    const call = seen(event)
    const took = call.startedAt === undefined ? '' : ` ${colours.quiet(duration(event.timestamp - call.startedAt))}`
    progress.end(event.call_id)
    if (!call.isWrite) {
      const what = readLine(call)
      if (event.type === 'tool.error')
        return note(`${colours.loss('  failed')} ${what}: ${neutraliseLine(event.error)}`)
      const [start, end] = [call.startedAt, event.timestamp]
      return reads.ended({ line: `${what}${took}`, detail: detailOf(call), start, end })
    }
    if (event.type === 'tool.result') note(`Done: ${named(call)}${took}`)
    else if (event.outcome === 'unknown') {
      note(`${colours.strong(`Outcome unknown: ${named(call)}`)}`)
      note('This change may or may not have taken effect. It was not sent again.')
      note(`  ${neutraliseLine(event.error)}`)
    } else note(`${colours.loss(`Failed: ${named(call)}`)}: ${neutraliseLine(event.error)}`)
    if (event.recovered) note('  The engine was interrupted here; the cluster was read back.')
    const objects = event.objects ?? []
    if (objects.length > 1 || objects.some(({ outcome }) => outcome !== 'succeeded')) {
      for (const { ref, outcome, error } of objects) {
        note(`  ${objectName(ref)}: ${valueText(outcome)}${error === undefined ? '' : `, ${neutraliseLine(error)}`}`)
      }
    }
  }
  const fault = (text: string | undefined) => {
    if (isFaultTold) return
    isFaultTold = true
    note(`${colours.loss('The run failed')}: ${neutraliseLine(text ?? 'the server does not say why')}`)
  }
  const stopped = () => {
    note('Stopped.')
    for (const [, call] of calls) {
      if (call.isWrite && call.startedAt !== undefined) {
        note(`${named(call)}: this change was already sent, its outcome is awaited and goes to the record.`)
      }
    }
  }

  return {
    waiting,
    seenBefore,
    titles,
    reads,
    print: (event) => {
      switch (event.type) {
        case 'ready':
          isFaultTold = false
          return
        case 'generation.start':
          if (generation.isOpen && generation.hasText) note('The answer was interrupted; it begins again.')
          generation = { hasText: false, isOpen: true }
          return
        case 'token':
          generation.hasText = true
          return terminal.answer(visibleProse(event.text))
        case 'thinking.complete':
          return note(colours.quiet(`Thought for ${duration(event.duration_ms)}`))
        case 'generation.complete':
          // A reader that joined late, or a server that sends no pieces.
          if (!generation.hasText && event.content) terminal.answer(visibleProse(event.content))
          if (generation.hasText || event.content) terminal.answer('\n')
          generation = { hasText: false, isOpen: false }
          return
        case 'tools.pending':
          return pending(event)
        case 'tool.awaiting_approval':
          return awaiting(event)
        case 'approval.vote':
          return note(`${event.given} of ${event.required} approvals, the last by ${neutraliseLine(event.by)}`)
        case 'tool.approved':
          return decided(event.call_id, `Approved${event.decided_by ? ` by ${neutraliseLine(event.decided_by)}` : ''}.`)
        case 'tool.denied':
          return decided(event.call_id, deniedLine(event))
        case 'tool.executing':
          seen(event).startedAt = event.timestamp
          return seen(event).isWrite ? note(`Executing: ${named(seen(event))}`) : reads.begun(readLine(seen(event)))
        case 'tool.progress':
          return progress.print(event)
        case 'tool.stale':
          seen(event).startedAt = undefined
          return note(
            `${colours.ask('Changed since you approved it')}: ${neutraliseLine(event.reason)} Nothing was written.`,
          )
        case 'tool.result':
        case 'tool.error':
          ended(event)
          seen(event).startedAt = undefined
          return
        case 'tool.verified':
          return note(verdictLines(event, colours).join('\n'))
        case 'rate_limit':
          return note(
            colours.quiet(`The model is busy: again in ${event.retry_in} s (${event.attempt}/${event.max_retries})`),
          )
        case 'transient_error':
          return note(colours.quiet(`${neutraliseLine(event.error)} Again in ${event.retry_in} s (${event.attempt})`))
        case 'workflow.error':
        case 'workflow_error':
        case 'error':
          return fault(event.error)
        case 'completed':
          reads.flush()
          return event.status === 'stopped' ? stopped() : undefined
        default:
          return
      }
    },
  }
}

function deniedLine({ reason, decided_by: by, policies = [] }: Of<'tool.denied'>): string {
  if (reason === 'superseded') return 'Withdrawn: a newer message took its place. It was not executed.'
  if (reason === 'expired') return 'Expired: nobody decided in time. It was not executed.'
  const who = by ?? policies.join(', ')
  return `Denied${who ? ` by ${neutraliseLine(who)}` : ''}${reason ? `: ${neutraliseLine(reason)}` : ''}.`
}

function shortArguments(args: Readonly<Record<string, unknown>> | null | undefined): string {
  const text = Object.entries(args ?? {})
    .map(([name, value]) => `${neutraliseLine(name)}=${valueText(value)}`)
    .join(' ')
  return clipped(text)
}

function clipped(text: string): string {
  return text.length > ARGUMENTS_WIDTH ? `${text.slice(0, ARGUMENTS_WIDTH - 1)}…` : text
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.max(0, Math.round(milliseconds))}ms` : `${(milliseconds / 1000).toFixed(1)}s`
}
