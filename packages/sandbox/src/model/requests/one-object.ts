import type { Ref } from '../cluster/objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { singular } from '../words/kinds.ts'
import type { Request } from './request.ts'

/** The one object that a change is for, or a sentence that says why there is none. */
export type Chosen = { ref: Ref } | { sentence: string }

const MOST_NAMED = 8

/** Changes are made to exactly one object: what fits several is asked back, and what fits none is said. */
export function chooseObject({ focus, survey, understood }: Request, kinds: readonly string[]): Chosen {
  const fit = focus.objects.filter(({ ref }) => kinds.includes(ref.kind))
  const [best, next] = fit
  if (best === undefined) return { sentence: noneOf(kinds, { focus, survey, understood }) }
  if (next !== undefined && next.score === best.score) {
    const same = fit.filter(({ score }) => score === best.score).map(({ ref }) => nameOf(ref))
    return { sentence: `Which one do you mean: ${same.slice(0, MOST_NAMED).join(', ')}? Name it, and its namespace.` }
  }
  return { ref: best.ref }
}

function noneOf(
  kinds: readonly string[],
  { focus, survey, understood }: Pick<Request, 'focus' | 'survey' | 'understood'>,
): string {
  const there = survey.objects
    .filter(({ kind, namespace = '' }) => {
      return kinds.includes(kind) && (focus.namespaces.length === 0 || focus.namespaces.includes(namespace))
    })
    .map(nameOf)
  const asked = focus.stranger ?? understood.candidates.map(({ text }) => text).join(' ')
  const where = survey.isPart ? 'among the names that I could read (there are more; name its namespace)' : 'here'
  const what =
    asked === '' ? 'You did not say which object is meant.' : `I found no object ${where} that fits \`${asked}\`.`
  const type = understood.kind === undefined ? 'There are' : `Of the kind ${singular(understood.kind)} there are`
  const list = there.slice(0, MOST_NAMED).join(', ')
  return there.length === 0
    ? what
    : `${what} ${type}: ${list}${there.length > MOST_NAMED ? ', …' : ''}. Nothing was changed.`
}
