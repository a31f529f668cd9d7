import type { Ref } from '../cluster/objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { singular } from '../lexicon/kinds.ts'
import { numberIn } from '../lexicon/numbers.ts'
import type { Focus } from './focus.ts'
import type { Request } from './request.ts'
import { missingText } from './unknown-names.ts'

/** The one object that a change is for, or a sentence that says why there is none. */
export type Chosen = { ref: Ref } | { sentence: string }

const MAX_NAMED = 8

/** Changes are made to exactly one object: what fits several is asked back, and what fits none is said. */
export function chooseObject(request: Request, kinds: readonly string[]): Chosen {
  const { focus, survey } = request
  const fit = fitting(request, kinds)
  const [best, next] = fit
  if (best === undefined) return { sentence: noneOf(kinds, request) }
  if (focus.elsewhere !== undefined) {
    return { sentence: `${missingText(focus, survey)}Name the one where ${nameOf(best.ref)} is meant.` }
  }
  if (next !== undefined && next.score === best.score) {
    const same = fit.filter(({ score }) => score === best.score).map(({ ref }) => nameOf(ref))
    return { sentence: `Which one do you mean: ${shortList(same)}? Name it, and its namespace.` }
  }
  return { ref: best.ref }
}

/** Objects of these kinds that are meant; people say "service" for what runs behind one. */
function fitting({ focus, survey }: Request, kinds: readonly string[]): Focus['objects'] {
  const named = focus.objects.filter(({ ref }) => kinds.includes(ref.kind))
  if (named.length > 0) return named
  return focus.objects.flatMap(({ ref, score }) =>
    survey.objects
      .filter(({ kind, name, namespace }) => kinds.includes(kind) && name === ref.name && namespace === ref.namespace)
      .map((same) => ({ ref: same, score })),
  )
}

function noneOf(kinds: readonly string[], { focus, survey, understood }: Request): string {
  const named = understood.kind && singular(understood.kind)
  const namedKinds = kinds.filter((kind) => kind.toLowerCase() === named)
  const there = survey.objects
    .filter(({ kind, namespace = '' }) => {
      const fits = (namedKinds.length > 0 ? namedKinds : kinds).includes(kind)
      return fits && (focus.namespaces.length === 0 || focus.namespaces.includes(namespace))
    })
    .map(nameOf)
  const meant = understood.candidates.filter(
    ({ text }) => !understood.known.has(text) && !focus.namespaces.includes(text) && numberIn(text) === undefined,
  )
  const said = focus.stranger ?? meant.map(({ text }) => text).join(' ')
  const where = survey.isPart ? 'among the names that I could read (there are more; name its namespace)' : 'here'
  const isAll = understood.tokens.some(({ text }) => /^(?:all|every|everything|everybody)$/.test(text))
  const what = isAll
    ? 'I take one object after the other, each by its name, and never all of them.'
    : said === ''
      ? 'You did not say which object is meant.'
      : `I found no object ${where} that fits \`${said}\`.`
  const type = namedKinds.length > 0 ? `Of the kind ${named} there are` : 'There are'
  if (there.length === 0) return namedKinds.length > 0 ? `${what} Of the kind ${named} there is none.` : what
  return `${what} ${type}: ${shortList(there)}.`
}

/** The first of many, and how many there are behind them. */
export function shortList(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
