import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until the answer will do; for what nobody can be notified of. Rejects with the last answer after 30 s. */
export async function until<Answer>(ask: () => Promise<Answer>, willDo: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (willDo(answer)) return answer
    if (Date.now() > deadline) throw new Error(`in 30 s, this was the last answer: ${JSON.stringify(answer)}`)
    await sleep(50)
  }
}
