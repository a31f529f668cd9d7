import type { Api } from '@fairlead/contract/client/create-api'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'

export type StopRequest = {
  /** The run has an id from now on. */
  begun(runId: string): void
  send(): void
}

/**
 * A person's wish to stop the run that is read. Pressed before the run is known, it is sent as soon as it is; nothing is
 * called stopped before the server says so.
 */
export function createStopRequest({
  api,
  note,
  conversationId,
}: {
  api: Api
  note: Terminal['note']
  conversationId: () => string | undefined
}): StopRequest {
  let runId: string | undefined
  let isRequested = false
  const sendIfKnown = () => {
    const conversation_id = conversationId()
    if (!isRequested || runId === undefined || conversation_id === undefined) return
    const body = { conversation_id, run_id: runId }
    api
      .call('POST /agent/stop', { body })
      .catch((error) => note(`The run could not be stopped: ${neutraliseLine((error as Error).message)}. It goes on.`))
  }
  return {
    begun: (id) => {
      if (runId !== undefined) return
      runId = id
      sendIfKnown()
    },
    send: () => {
      note('Stopping the run… (Ctrl-C again leaves it running)')
      isRequested = true
      sendIfKnown()
    },
  }
}
