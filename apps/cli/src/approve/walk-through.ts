import { waitingFromItem } from '../call/waiting-call.ts'
import type { Session } from '../session/open-session.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { readWaiting } from './read-waiting.ts'
import { askAbout } from './show-one.ts'

/** Everything that waits, one call after the other, as it was when the command began. */
export async function walkThrough(session: Session, terminal: Terminal): Promise<ExitCode> {
  const items = await readWaiting(session.api)
  if (items.length === 0) {
    terminal.note('Nothing waits for you.')
    return exitCodes.done
  }
  let code: ExitCode = exitCodes.done
  for (const [index, item] of items.entries()) {
    terminal.note(terminal.colours.quiet(`${index + 1} of ${items.length}`))
    const ended = await askAbout(session, terminal, waitingFromItem(item))
    if (ended !== exitCodes.done) code = ended
  }
  return code
}
