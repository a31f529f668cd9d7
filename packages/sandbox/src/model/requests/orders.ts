import { likeness } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import type { Survey } from '../cluster/survey.ts'
import type { Command, Target } from '../words/command.ts'
import { singular } from '../words/kinds.ts'
import { understand } from '../words/understand.ts'
import { type Focus, focusOf } from './focus.ts'
import type { Order } from './request.ts'

/** How well a word must fit a name for a change: a slip of the finger, or the part of a name that tells it. */
const LEAST = 0.8
/** So many may be restarted by one order, each with its own approval. */
const MOST_AT_ONCE = 10

type Known = { survey: Survey; offered: ReadonlySet<string>; meant: Focus['objects'] }

/** What is to be changed, one after the other; or the words that name nothing, where there are several. */
export function ordersOf({ action, targets, places }: Command, known: Known): Order[] | { words: readonly string[] } {
  const { survey, offered } = known
  const named = targets.map((target) => ({ target, ...split(target, survey) }))
  const strange = named.find(({ target, rest }) => !isOneName(target, rest, survey))
  if (strange !== undefined) return { words: strange.rest.filter((word) => !isName(word, survey)) }
  const own = [...new Set([...named.flatMap(({ spaces }) => spaces), ...places])]
  const shared = own.length === 1 ? own : places
  return named.flatMap(({ target, rest, spaces }) => {
    const around = spaces.length > 0 ? spaces : shared
    const kind = target.kind === undefined ? '' : singular(target.kind)
    const phrase = [target.isAll ? 'all' : kind, ...rest, ...around.map((space) => `in namespace ${space}`)].join(' ')
    const understood = { ...understand(phrase, new Set(survey.objects.map(({ name }) => name))), kind: target.kind }
    const focus = focusOf(understood, survey)
    const objects =
      rest.length > 0 ? focus.objects.filter(({ score }) => score >= LEAST) : target.isAll ? [] : known.meant
    const order: Order = {
      action,
      value: target.value,
      names: rest,
      container: target.container,
      understood,
      survey,
      offered,
      focus: { ...focus, objects },
    }
    if (action !== 'restart' || !target.isAll) return [order]
    const each = allOf(kind, focus.namespaces, survey)
    return each.length === 0 || each.length > MOST_AT_ONCE
      ? [order]
      : each.map((ref): Order => ({ ...order, focus: { ...focus, objects: [{ ref, score: 1 }] } }))
  })
}

/** "The deployments in shop": all of a kind, where kind and namespace are named. */
function allOf(kind: string, [space, ...others]: readonly string[], { objects, isPart }: Survey): readonly Ref[] {
  if (kind === '' || space === undefined || others.length > 0 || isPart) return []
  return objects.filter((ref) => ref.kind.toLowerCase() === kind && ref.namespace === space)
}

/** The words of a target that are namespaces, and the rest. A word that is both is a namespace beside another name. */
function split({ names }: Target, { namespaces, objects }: Survey): { spaces: string[]; rest: string[] } {
  const words = names.flatMap((word) => {
    const [first = '', second] = word.split('/')
    return second !== undefined && namespaces.includes(first) ? [first, second] : [second ?? first]
  })
  const isSpace = (word: string) => namespaces.includes(word)
  const isAll = words.every(isSpace)
  const own = isAll ? words.findIndex((word) => objects.some(({ name }) => name === word)) : -1
  return {
    spaces: words.filter((word, at) => isSpace(word) && at !== own),
    rest: words.filter((word, at) => !isSpace(word) || at === own),
  }
}

/** Of several words, all of them have to be one name: `check out`. One that names nothing is asked back later. */
function isOneName({ isPronoun }: Target, rest: readonly string[], survey: Survey): boolean {
  if (rest.length === 0) return true
  return !isPronoun && (rest.length === 1 || isName(rest.join(''), survey))
}

function isName(word: string, { objects }: Survey): boolean {
  return objects.some(({ name }) => likeness(word, name) >= LEAST)
}
