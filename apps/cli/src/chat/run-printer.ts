import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { callsOf, findCall } from '@fairlead/client/conversation/selectors'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { verdictLines } from '../call/verdict-lines.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { createAnswerPrinter } from './answer-printer.ts'
import { callName, durationSuffix, readWords, startOf, toolWithArguments } from './call-words.ts'
import { durationText } from './duration-text.ts'
import { deniedLine, outcomeLines } from './outcome-lines.ts'
import { createProgressPrinter } from './progress-printer.ts'
import { createReadsPrinter, type ReadsPrinter } from './reads-printer.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

export type RunPrinter = {
  /** `view`: the conversation after the event. */
  print(event: RunEvent, view: ConversationView): void
  reads: Pick<ReadsPrinter, 'opened' | 'begin' | 'flush'>
}

/** Writes a run as it happens: the model's words on stdout, what it does on stderr. Moved by events alone. */
export function createRunPrinter(outer: Terminal, { foldsReads = false } = {}): RunPrinter {
  const reads = createReadsPrinter(outer, { isFolding: foldsReads })
  const terminal = afterReads(outer, reads)
  const { colours, note } = terminal
  const answer = createAnswerPrinter(terminal)
  const progress = createProgressPrinter(terminal)
  let isFaultPrinted = false

  const printExecuting = (call: CallView) => {
    if (call.class === 'write') note(`Executing: ${callName(call)}`)
    else reads.begun(readWords(call, colours))
  }
  const printEnd = (event: Of<'tool.result'> | Of<'tool.error'>, call: CallView) => {
    progress.end(event.call_id)
    if (call.class === 'write') note(outcomeLines(event, call, colours).join('\n'))
    else if (event.type === 'tool.error') {
      note(`${colours.loss('  failed')} ${readWords(call, colours)}: ${neutraliseLine(event.error)}`)
    } else {
      const line = `${readWords(call, colours)}${durationSuffix(call, event.timestamp, colours)}`
      reads.ended({ line, detail: toolWithArguments(call), start: startOf(call), end: event.timestamp })
    }
  }
  const printFault = (text: string | undefined) => {
    if (isFaultPrinted) return
    isFaultPrinted = true
    note(`${colours.loss('The run failed')}: ${neutraliseLine(text ?? 'the server does not say why')}`)
  }
  const printStopped = (view: ConversationView) => {
    note('Stopped.')
    for (const call of callsOf(view)) {
      if (call.class !== 'write' || call.status !== 'executing') continue
      note(`${callName(call)}: this change was already sent, its outcome is awaited and goes to the record.`)
    }
  }

  const print: RunPrinter['print'] = (event, view) => {
    const call = 'call_id' in event ? findCall(view, event.call_id) : undefined
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
      case 'approval.vote':
        return note(`${event.given} of ${event.required} approvals, the last by ${neutraliseLine(event.by)}`)
      case 'tool.approved':
        return note(`Approved${event.decided_by ? ` by ${neutraliseLine(event.decided_by)}` : ''}.`)
      case 'tool.denied':
        return note(deniedLine(event))
      case 'tool.executing':
        return call && printExecuting(call)
      case 'tool.progress':
        return progress.print(event)
      case 'tool.stale':
        return note(
          `${colours.ask('Changed since you approved it')}: ${neutraliseLine(event.reason)} Nothing was written.`,
        )
      case 'tool.result':
      case 'tool.error':
        return call && printEnd(event, call)
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
        return event.status === 'stopped' ? printStopped(view) : undefined
      default:
        return
    }
  }
  return { reads, print }
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
