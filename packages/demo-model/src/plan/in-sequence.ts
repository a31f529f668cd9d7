import type { Plan } from './plan.ts'

/**
 * Runs plans one after the other. What one has to say in the end is said before the next one proposes anything.
 * @param preface said before everything
 */
export function* inSequence(plans: readonly Plan<string>[], preface = ''): Plan<string> {
  let pending = preface
  for (const plan of plans) {
    let next = plan.next([])
    while (!next.done) {
      const { say } = next.value
      const all = say === undefined ? undefined : [pending, say].filter((text) => text !== '').join('\n\n')
      if (say !== undefined) pending = ''
      next = plan.next(yield { ...next.value, ...(all !== undefined && { say: all }) })
    }
    pending = [pending, next.value].filter((text) => text !== '').join('\n\n')
  }
  return pending
}
