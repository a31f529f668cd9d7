import { lastUserMessage } from '@fairlead/client/conversation/selectors'
import { waitToTryAgain } from '@fairlead/client/time/back-off'
import type { LiveCore } from '../live-core.ts'

/** How often the record is read before a text is given back. */
const TRIES = 3

/** Whether a message was taken, only the record knows. It is never sent twice on its own. */
export async function readWhetherTaken(core: LiveCore, text: string): Promise<'taken' | 'not-taken' | 'unknown'> {
  const known = new Set(core.get().view.messages.map(({ id }) => id))
  for (let attempt = 0; attempt < TRIES && !core.closing.aborted; attempt++) {
    const end = await core.readRecord()
    if (end === 'read') {
      const last = lastUserMessage(core.get().view)
      return last !== undefined && !known.has(last.id) && last.content === text ? 'taken' : 'not-taken'
    }
    if (end === 'refused') break
    await waitToTryAgain(core.ports, { attempt, signal: core.closing })
  }
  return 'unknown'
}
