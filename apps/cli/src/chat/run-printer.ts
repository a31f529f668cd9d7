import type { RunEvent } from '@fairlead/contract/events/run-event'
import { verdictLines } from '../call/verdict-lines.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { createAnswerPrinter } from './answer-printer.ts'
import { type CallLog, createCallLog, type LoggedCall } from './call-log.ts'
import { durationText } from './duration-text.ts'
import { callName, deniedLine, durationSuffix, outcomeLines } from './outcome-lines.ts'
import { createProgressPrinter } from './progress-printer.ts'
import { createReadsPrinter, type ReadsPrinter } from './reads-printer.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

export type RunPrinter = Pick<CallLog, 'waiting' | 'seenBefore' | 'titles'> & {
  print(event: RunEvent): void
  reads: Pick<ReadsPrinter, 'opened' | 'begin' | 'flush'>
}

/** Writes a run as it happens: the model's words on stdout, what it does on stderr. Moved by events alone. */
export function createRunPrinter(outer: Terminal, { foldsReads = false } = {}): RunPrinter {
  const reads = createReadsPrinter(outer, { isFolding: foldsReads })
  const terminal = afterReads(outer, reads)
  const { colours, note } = terminal
  const log = createCallLog()
  const answer = createAnswerPrinter(terminal)
  const progress = createProgressPrinter(terminal)
  let isFaultPrinted = false

  const readLine = ({ words, title, args }: LoggedCall) =>
    words ?? `${neutraliseLine(title)}${args === '' ? '' : ` ${colours.quiet(args)}`}`

  const printExecuting = (event: Of<'tool.executing'>) => {
    const call = log.find(event)
    call.startedAt = event.timestamp
    if (call.isWrite) note(`Executing: ${callName(call)}`)
    else reads.begun(readLine(call))
  }
  const printEnd = (event: Of<'tool.result'> | Of<'tool.error'>) => {
    const call = log.find(event)
    progress.end(event.call_id)
    if (call.isWrite) note(outcomeLines(event, call, colours).join('\n'))
    else if (event.type === 'tool.error') {
      note(`${colours.loss('  failed')} ${readLine(call)}: ${neutraliseLine(event.error)}`)
    } else {
      const line = `${readLine(call)}${durationSuffix(call, event.timestamp, colours)}`
      const detail = `${neutraliseLine(call.tool)} ${call.args}`.trimEnd()
      reads.ended({ line, detail, start: call.startedAt, end: event.timestamp })
    }
    call.startedAt = undefined
  }
  const printDecision = (callId: string, line: string) => {
    log.decide(callId)
    note(line)
  }
  const printFault = (text: string | undefined) => {
    if (isFaultPrinted) return
    isFaultPrinted = true
    note(`${colours.loss('The run failed')}: ${neutraliseLine(text ?? 'the server does not say why')}`)
  }
  const printStopped = () => {
    note('Stopped.')
    for (const call of log.calls.values()) {
      if (!call.isWrite || call.startedAt === undefined) continue
      note(`${callName(call)}: this change was already sent, its outcome is awaited and goes to the record.`)
    }
  }

  const print: RunPrinter['print'] = (event) => {
    switch (event.type) {
      case 'ready':
        isFaultPrinted = false
        return
      case 'generation.start':
        return answer.begin()
      case 'token':
        return answer.print(event.text)
      case 'thinking.complete':
        return note(colours.quiet(`Thought for ${durationText(event.duration_ms)}`))
      case 'generation.complete':
        return answer.end(event.content)
      case 'tools.pending':
        return log.propose(event)
      case 'tool.awaiting_approval':
        return log.wait(event)
      case 'approval.vote':
        return note(`${event.given} of ${event.required} approvals, the last by ${neutraliseLine(event.by)}`)
      case 'tool.approved':
        return printDecision(
          event.call_id,
          `Approved${event.decided_by ? ` by ${neutraliseLine(event.decided_by)}` : ''}.`,
        )
      case 'tool.denied':
        return printDecision(event.call_id, deniedLine(event))
      case 'tool.executing':
        return printExecuting(event)
      case 'tool.progress':
        return progress.print(event)
      case 'tool.stale':
        log.find(event).startedAt = undefined
        return note(
          `${colours.ask('Changed since you approved it')}: ${neutraliseLine(event.reason)} Nothing was written.`,
        )
      case 'tool.result':
      case 'tool.error':
        return printEnd(event)
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
        return printFault(event.error)
      case 'completed':
        reads.flush()
        return event.status === 'stopped' ? printStopped() : undefined
      default:
        return
    }
  }
  return { waiting: log.waiting, seenBefore: log.seenBefore, titles: log.titles, reads, print }
}

/** Whatever else is written ends the row of reads first. */
function afterReads(terminal: Terminal, { flush }: Pick<ReadsPrinter, 'flush'>): Terminal {
  return {
    ...terminal,
    note: (text) => {
      flush()
      terminal.note(text)
    },
    answer: (text) => {
      flush()
      terminal.answer(text)
    },
  }
}
