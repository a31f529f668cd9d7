import { maskText } from '@fairlead/service-kit/redaction/mask'
import type { OnProgress } from '../mcp-client/progress.ts'
import type { Execution } from './execution.ts'

export type Listening = { onProgress: OnProgress; text(): string; mute(): void }

/** Makes `tool.progress` of what a running call reports, and keeps its text for the record. */
export function listenToProgress({ log }: Execution, callId: string): Listening {
  let text = ''
  let seq = 0
  let muted = false
  return {
    onProgress: (notice) => {
      if (muted) return
      seq += 1
      const shown = maskText(notice.text, 'read')
      text += shown
      log.tell({ type: 'tool.progress', call_id: callId, seq, stream: notice.stream, text: shown })
    },
    text: () => text,
    /** The run's stream has ended; what still comes is not told. */
    mute: () => {
      muted = true
    },
  }
}
