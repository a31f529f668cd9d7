import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import type { OnProgress } from '../mcp-client/progress.ts'

export type ProgressListener = { onProgress: OnProgress; text(): string; mute(): void }

/** Sends what a running call reports as `tool.progress`, and keeps its text for the record. */
export function listenToProgress(send: (event: RunEventBody) => void, callId: string): ProgressListener {
  let text = ''
  let seq = 0
  let muted = false
  return {
    onProgress: (notice) => {
      if (muted) return
      seq += 1
      const shown = maskText(notice.text, 'read')
      text += shown
      send({ type: 'tool.progress', call_id: callId, seq, stream: notice.stream, text: shown })
    },
    text: () => text,
    /** The run's stream has ended; what still comes is not sent. */
    mute: () => {
      muted = true
    },
  }
}
