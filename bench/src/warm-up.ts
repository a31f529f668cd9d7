import type { SentMessage } from '@fairlead/testing/engine/send-message'
import type { Reply } from '@fairlead/testing/model/model-script'

const AT_ONCE = 10

/**
 * The bars are those of an engine that has been at work for a while: code is compiled, connections are open, the
 * cluster's facts are read. What happens once is not what is measured.
 */
export async function warmUp(
  engine: { send(replies: readonly Reply[]): Promise<SentMessage> },
  turns: number,
): Promise<void> {
  const inOnePiece = [{ text: { pieces: 20 } }]
  const pieceByPiece = [{ text: { pieces: 20 }, pace: { piecesPerSecond: 500 } }]
  for (let turn = 0; turn < turns; turn += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, number) => engine.send(number % 2 === 0 ? inOnePiece : pieceByPiece)),
    )
  }
}
