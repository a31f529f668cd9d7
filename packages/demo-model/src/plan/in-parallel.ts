import type { Plan, Reply, Step } from './plan.ts'

/** Runs plans side by side: what each wants next goes into one step, so that they take the turns of the longest. */
export function* inParallel<T>(plans: readonly Plan<T>[]): Plan<T[]> {
  const results = new Map<Plan<T>, T>()
  let waiting = plans.map((plan) => ({ plan, replies: [] as readonly Reply[] }))
  while (waiting.length > 0) {
    const wanted: { plan: Plan<T>; step: Step }[] = []
    for (const { plan, replies } of waiting) {
      const { done, value } = plan.next(replies)
      if (done) results.set(plan, value)
      else wanted.push({ plan, step: value })
    }
    if (wanted.length === 0) break
    const answers = yield { calls: wanted.flatMap(({ step }) => step.calls) }
    let at = 0
    waiting = wanted.map(({ plan, step }) => {
      const replies = answers.slice(at, at + step.calls.length)
      at += step.calls.length
      return { plan, replies }
    })
  }
  return plans.flatMap((plan) => {
    const result = results.get(plan)
    return result === undefined ? [] : [result]
  })
}
