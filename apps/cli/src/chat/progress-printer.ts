import type { RunEvent } from '@fairlead/contract/events/run-event'
import { visibleText } from '@fairlead/contract/visible-text'
import type { Terminal } from '../terminal/terminal.ts'

type Progress = Extract<RunEvent, { type: 'tool.progress' }>
/** Some servers of this wire send a notice in place of output. */
type LooseProgress = Partial<Progress> & { call_id: string; message?: string }
type Open = { lastSeq: number; rest: Record<string, string> }

const ESCAPE = '\u001b'
const colourSequence = new RegExp(`${ESCAPE}\\[[0-9;:]*m`, 'g')

/** Live output of a running call, line by line; what it wrote to stderr is marked. */
export function createProgressPrinter({ note, colours }: Terminal) {
  const calls = new Map<string, Open>()
  const line = (stream: string, text: string) => {
    const mark = stream === 'stderr' ? '!' : '|'
    note(`  ${colours.quiet(mark)} ${visibleText(text.replace(colourSequence, '')).replaceAll('\n', ' ')}`)
  }
  return {
    print: ({ call_id, seq, stream = 'status', ...event }: LooseProgress): void => {
      const text = event.text ?? event.message ?? ''
      const open = calls.get(call_id) ?? { lastSeq: 0, rest: {} }
      calls.set(call_id, open)
      if (seq !== undefined) {
        if (seq <= open.lastSeq) return
        open.lastSeq = seq
      }
      if (stream === 'status') {
        note(colours.quiet(`  … ${visibleText(text).replaceAll('\n', ' ')}`))
        return
      }
      const lines = `${open.rest[stream] ?? ''}${text}`.split(/\r?\n/)
      open.rest[stream] = lines.pop() ?? ''
      for (const whole of lines) line(stream, whole)
    },
    /** The last line of a call may have no end of its own. */
    end: (callId: string): void => {
      for (const [stream, rest] of Object.entries(calls.get(callId)?.rest ?? {})) if (rest !== '') line(stream, rest)
      calls.delete(callId)
    },
  }
}
