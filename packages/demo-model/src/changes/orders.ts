import { likeness } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { scopeArgs } from '../cluster/scope.ts'
import { isOfTheCluster, type Survey, surveyed } from '../cluster/survey.ts'
import { rowsIn } from '../cluster/tables.ts'
import type { Action, Command, Target } from '../commands/command.ts'
import { singular } from '../lexicon/kinds.ts'
import { call, type Plan } from '../plan/plan.ts'
import { type Focus, focusOf, isNamespace } from '../requests/focus.ts'
import type { Order } from '../requests/request.ts'
import { understand } from '../understanding/understand.ts'

/** How well a word must fit a name for a change: a slip of the finger, or the part of a name that tells it. */
const LEAST = 0.8
/** Words that are one name when they are written as one. */
const WHOLE = 0.95
/** So many may be restarted by one order, each with its own approval. */
const MAX_AT_ONCE = 10

type Known = {
  survey: Survey
  offered: ReadonlySet<string>
  meant: Focus['objects']
  /** Nothing else is asked for: what its one name fits is then said by its plan. */
  isAlone: boolean
}

/**
 * What is to be changed, one after the other; or the words that name nothing. All names are looked up before anything is
 * proposed: of an order that is understood in a part, no part is made.
 */
export function* ordersOf(
  command: Command,
  known: Known,
): Plan<Order[] | { words: readonly string[] } | { elsewhere: string }> {
  const { action, targets, places } = command
  const { survey, offered } = known
  const elsewhere = places.find((place) => !isNamespace(place, survey))
  if (elsewhere !== undefined) return { elsewhere }
  const named = targets.map((target) => ({ target, ...split(target, survey) }))
  const isAlone = known.isAlone && targets.length === 1
  const isNew = action === 'create' || action === 'create-namespace'
  for (const { target, rest } of named) {
    // By itself it is asked back by its plan; of several the others must not be made without it.
    const isNameless = rest.length === 0 && !target.isAll && action !== 'create-namespace'
    if (isNameless && known.meant.length === 0 && !isAlone) {
      return { words: [target.isPronoun ? 'it' : 'what it is for'] }
    }
    const isThere = isOneName(target, rest, survey)
    if (isThere === true) continue
    if (isThere === undefined && (isAlone || isNew || (yield* isCalled(rest, action, target)))) continue
    const strange = rest.filter((word) => !isName(word, survey))
    return { words: strange.length > 0 ? strange : rest }
  }
  const own = [...new Set([...named.flatMap(({ spaces }) => spaces), ...places])]
  const shared = own.length === 1 ? own : places
  return named.flatMap(({ target, rest, spaces }) => {
    const around = spaces.length > 0 ? spaces : shared
    const kind = target.kind === undefined ? '' : singular(target.kind)
    const phrase = [target.isAll ? 'all' : kind, ...rest, ...around.map((space) => `in namespace ${space}`)].join(' ')
    const understood = { ...understand(phrase, new Set(survey.objects.map(({ name }) => name))), kind: target.kind }
    const focus = focusOf(understood, survey)
    const fit = focus.objects
      .filter(({ ref, score }) => score >= LEAST && mayBe(ref, kind))
      .filter(({ ref }) => !rest.some((word) => isActivity(word, ref.name)))
    const objects = rest.length > 0 ? fit : target.isAll ? [] : known.meant
    const order: Order = {
      action,
      value: target.value,
      names: action === 'create-namespace' ? target.names : rest,
      container: target.container,
      understood,
      survey,
      offered,
      focus: { ...focus, objects },
    }
    if (action !== 'restart' || !target.isAll) return [order]
    const each = allOf(kind, focus.namespaces, survey)
    return each.length === 0 || each.length > MAX_AT_ONCE
      ? [order]
      : each.map((ref): Order => ({ ...order, focus: { ...focus, objects: [{ ref, score: 1 }] } }))
  })
}

/** People say "service" and "pods" for what runs behind them, and mean a StatefulSet where they say so. */
function mayBe({ kind }: Ref, kindWord: string): boolean {
  return !/^(?:deployment|statefulset|daemonset|job|cronjob)$/.test(kindWord) || kind.toLowerCase() === kindWord
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

/** Of several words, all of them have to be one name: `check out`. Undefined where one word fits none that is surveyed. */
function isOneName({ isPronoun }: Target, rest: readonly string[], survey: Survey): boolean | undefined {
  if (rest.length === 0) return true
  if (isPronoun) return false
  const [only = '', ...others] = rest
  if (others.length === 0) return isName(only, survey) || undefined
  return survey.objects.some(({ name }) => likeness(rest.join(''), name) >= WHOLE)
}

function isName(word: string, { objects }: Survey): boolean {
  return objects.some(({ name }) => likeness(word, name) >= LEAST && !isActivity(word, name))
}

/** "Stop searching" speaks of nothing that is called `search`. */
function isActivity(word: string, name: string): boolean {
  return /(?:ing|ed)$/.test(word) && !/(?:ing|ed)(?![a-z])/.test(name)
}

/** Whether something of a kind that is not surveyed is called so. */
function* isCalled([name = '']: readonly string[], action: Action, { kind }: Target): Plan<boolean> {
  const kinds = action === 'cordon' || action === 'uncordon' ? 'nodes' : kind
  if (kinds === undefined || surveyed.has(kinds)) return false
  const place = isOfTheCluster(kinds) ? {} : scopeArgs('all')
  const reply = yield* call('k8s_get', { resource_type: kinds, ...place })
  return reply.kind === 'answered' && rowsIn(reply.text).some(({ NAME }) => NAME === name)
}
