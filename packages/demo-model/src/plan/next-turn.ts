import type { Call, Plan, Reply } from './plan.ts'

/** A call of the present question and what the transcript says became of it. */
export type PastCall = Call & { reply: Reply }

/** What the model says and calls next; without calls the question is answered. */
export type Turn = { text: string; calls: readonly Call[] }

/** Runs the plan over what has happened since the question, up to the first calls that nobody has answered yet. */
export function nextTurn(plan: Plan<string>, past: readonly PastCall[]): Turn {
  const keys = past.map(keyOf)
  let from = 0
  let replies: readonly Reply[] = []
  for (;;) {
    const { done, value } = plan.next(replies)
    if (done) return { text: value, calls: [] }
    const places = value.calls.map((call) => keys.indexOf(keyOf(call), from))
    const open = value.calls.filter((_, index) => places[index] === -1)
    if (open.length > 0) return { text: value.say ?? '', calls: open }
    replies = places.map((place) => past[place]?.reply ?? { kind: 'failed', text: '' })
    if (value.barrier) from = Math.max(from, ...places.map((place) => place + 1))
  }
}

function keyOf({ tool, args }: Call): string {
  return JSON.stringify([tool, Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
