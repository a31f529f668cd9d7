import { diagnose } from '../diagnosis/diagnose.ts'
import { nameOf } from '../evidence/finding.ts'
import type { Plan } from '../plan/plan.ts'
import { shortList } from '../requests/choose-object.ts'
import { findByName } from '../requests/find-by-name.ts'
import { isSure } from '../requests/focus.ts'
import type { Request } from '../requests/request.ts'
import { showObject } from './show-object.ts'

/** One object as the cluster describes it; without a name, how the whole is. */
export function* describe(request: Request): Plan<string> {
  const { focus, understood } = request
  const best = focus.objects.filter(({ score }) => score === focus.objects[0]?.score).map(({ ref }) => ref)
  const [first] = best
  if (first !== undefined && isSure(focus)) {
    // A Deployment and its Service bear one name; of two namespaces, only one can be meant.
    const places = best.filter(({ kind }) => kind === first.kind)
    return places.length === 1 ? yield* showObject(first) : `Which one do you mean: ${shortList(places.map(nameOf))}?`
  }
  if (understood.kind === undefined) return yield* diagnose(request)
  const { exact, near } = yield* findByName(understood.kind, request)
  const [only] = exact
  if (only !== undefined) {
    return exact.length === 1 ? yield* showObject(only) : `Which one do you mean: ${shortList(exact.map(nameOf))}?`
  }
  const names = near.map((name) => `\`${name}\``)
  if (names.length === 0) return `There are no ${understood.kind} here.`
  return `Which of the ${understood.kind} do you mean: ${shortList(names)}?`
}
