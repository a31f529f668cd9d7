import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { LiveCore } from '../live-core.ts'
import type { RequestState } from '../live-state.ts'
import { openRun } from '../open-run.ts'

export type Undoing = {
  /** Proposes the call that undoes this one. */
  undo(callId: string): void
}

export function createUndoing(core: LiveCore): Undoing {
  const { get, set, ports } = core

  const setUndo = (callId: string, undo: RequestState | undefined) => {
    const { [callId]: _, ...rest } = get().undos
    set({ undos: undo === undefined ? rest : { ...rest, [callId]: undo } })
  }

  async function undo(callId: string): Promise<void> {
    setUndo(callId, { state: 'sending' })
    const request = { params: { call_id: callId }, body: { conversation_id: core.id } }
    const opened = await openRun(core, {
      open: (signal) => ports.api.stream('POST /agent/undo/:call_id', { ...request, signal }),
    })
    if (core.closing.aborted) return
    if (opened.state === 'opened') return setUndo(callId, undefined)
    await core.readRecord()
    if (opened.state === 'refused') {
      const { message, requestId } = opened.error
      return setUndo(callId, { state: 'failed', text: message, requestId })
    }
    if (isRunActive(get().view)) return setUndo(callId, undefined)
    const text = 'The connection broke before the undo was proposed.'
    setUndo(callId, { state: 'failed', text, requestId: undefined })
  }

  return {
    undo: (callId) => {
      if (get().undos[callId]?.state !== 'sending') void undo(callId)
    },
  }
}
