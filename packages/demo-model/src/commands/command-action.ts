import type { Action, Command, Target, Value } from './command.ts'
import type { Lead, Segment, Worded, WordsBehind } from './segment.ts'
import type { Sort, Verb } from './verbs.ts'

type Refused = { words: readonly string[] }
type Built = Omit<Command, 'places'>

const workloads = ['deployments', 'statefulsets', 'daemonsets', 'services', 'pods']

/** What each change may be told beside names: words, kinds, and what of a target. */
const takes: Readonly<Record<Action, { special: readonly string[]; kinds: readonly string[] | 'all'; of: string }>> = {
  scale: { special: ['replicas', 'up', 'down', 'off', 'back', 'all'], kinds: workloads, of: 'amounts' },
  restart: { special: ['again', 'all'], kinds: workloads, of: '' },
  undo: { special: ['back', 'earlier', 'version', 'rollout', 'revision', 'again'], kinds: workloads, of: 'amounts' },
  'set-image': { special: ['image', 'version', 'as'], kinds: workloads, of: 'images container' },
  delete: { special: ['all'], kinds: 'all', of: '' },
  'create-namespace': { special: [], kinds: [], of: '' },
  create: { special: ['image', 'replicas'], kinds: ['deployments'], of: 'images amounts' },
  cordon: { special: [], kinds: ['nodes'], of: '' },
  uncordon: { special: [], kinds: ['nodes'], of: '' },
  pause: { special: ['rollout'], kinds: workloads, of: '' },
  resume: { special: ['rollout'], kinds: workloads, of: '' },
  'set-resource': {
    special: ['cpu', 'memory', 'limits', 'requests', 'up', 'down'],
    kinds: workloads,
    of: 'quantities container',
  },
  'set-variable': { special: ['variable'], kinds: workloads, of: 'variable value container' },
}

const takesToStop = { ...takes.scale, special: ['replicas', 'down', 'off', 'all'] }

/** What a verb and the words behind it come to; the words that do not fit, where they come to nothing. */
export function actionOf(verb: Verb, read: WordsBehind): Built | Refused {
  if (read.unknown.length > 0) return { words: read.unknown }
  const action = chosen(verb.sort, read)
  if (action === undefined) return { words: [`what "${verb.text}" should do here`] }
  const isStop = verb.sort === 'stop' && action === 'scale'
  // "Stop it!" is said to whoever shall do no more.
  if (isStop && read.segments.some(({ isPronoun }) => isPronoun)) return { words: [`what "${verb.text}" is said of`] }
  const { special, kinds, of } = isStop ? takesToStop : takes[action]
  const tooMuch = [...read.special].filter((word) => !special.includes(word))
  if (tooMuch.length > 0) return { words: tooMuch }
  // What is made is made by itself.
  const beside = read.segments.slice(action === 'create' ? 1 : 0).flatMap(({ names }) => names)
  if (action.startsWith('create') && beside.length > 0) return { words: beside }
  const misfit = read.segments.flatMap((segment) => misfitsOf(segment, kinds, of))
  if (misfit.length > 0) return { words: misfit }
  const shared = settingOf(action, verb, read.segments.at(-1), read)
  const targets: Target[] = []
  for (const segment of read.segments) {
    const own = hasValue(segment) ? settingOf(action, verb, segment, read) : shared
    if (own === undefined) return { words: [`to what "${verb.text}" should set it`] }
    const { names, container, isPronoun, isPlural } = segment
    const isAll = names.length === 0 && !isPronoun && (isPlural || read.special.has('all'))
    targets.push({ names, isPronoun, isAll, kind: kindsOf(segment)[0], container, value: own })
  }
  return { action, targets }
}

function chosen(sort: Sort, { segments, special, places }: WordsBehind): Action | undefined {
  const has = (of: (segment: Segment) => boolean) => segments.some(of)
  const isSetting = ['set', 'amount', 'run', 'add', 'image'].includes(sort)
  const isRollout = special.has('rollout')
  const isOfRollout = isRollout || has(({ kinds }) => kinds.includes('deployments'))
  if (sort === 'pause' || (sort === 'stop' && isRollout)) return isOfRollout ? 'pause' : undefined
  if (sort === 'resume') return isOfRollout ? 'resume' : undefined
  if (isSetting && has(({ variable }) => variable !== undefined)) return 'set-variable'
  if (isSetting && (special.has('cpu') || special.has('memory'))) return 'set-resource'
  if (isSetting && has(({ images }) => images.length > 0)) return 'set-image'
  const isCounted = special.has('replicas') && has(({ amounts }) => amounts.length > 0)
  if (sort === 'delete') return isCounted ? 'scale' : 'delete'
  if (sort === 'amount' && special.size === 0 && has(({ amounts }) => amounts.length > 0)) return 'scale'
  if (sort === 'amount' || sort === 'run' || sort === 'add') return isCounted ? 'scale' : undefined
  if (sort === 'create' && isOfNamespace(segments, places)) return 'create-namespace'
  if (sort === 'set') return has(({ amounts }) => amounts.length > 0) ? 'scale' : undefined
  if (sort === 'scale' || sort === 'times' || sort === 'stop') return 'scale'
  return sort === 'image' ? undefined : sort
}

/** "Create namespace blue": it has no image, and is of no other kind. */
function isOfNamespace(segments: readonly Segment[], places: readonly string[]): boolean {
  return places.length === 1 && segments.every(({ images, kinds }) => images.length + kinds.length === 0)
}

/** What a target is told that the change has no use for. */
function misfitsOf(segment: Segment, kinds: readonly string[] | 'all', of: string): string[] {
  const mayHave = (name: string) => of.split(' ').includes(name)
  const own = kindsOf(segment)
  return [
    ...(mayHave('amounts') ? [] : segment.amounts.map(({ count }) => `${count}`)),
    ...(mayHave('images') ? [] : segment.images.map(({ text }) => text)),
    ...(mayHave('quantities') ? [] : segment.quantities.map(({ text }) => text)),
    ...(mayHave('variable') ? [] : [segment.variable, segment.value].flatMap((word) => word ?? [])),
    ...(mayHave('container') || segment.container === undefined ? [] : [segment.container]),
    ...(own.length > 1 ? own : own.filter((kind) => kinds !== 'all' && !kinds.includes(kind))),
  ]
}

/** "The pods of the deployment web" are the deployment's. */
function kindsOf({ kinds }: Segment): string[] {
  const own = [...new Set(kinds)]
  return own.length > 1 ? own.filter((kind) => kind !== 'pods') : own
}

function hasValue({ amounts, images, quantities, variable }: Segment): boolean {
  return amounts.length + images.length + quantities.length > 0 || variable !== undefined
}

/** What a change sets; undefined where that is not said, or said twice. */
function settingOf(action: Action, verb: Verb, segment: Segment | undefined, read: WordsBehind): Value | undefined {
  if (segment === undefined) return {}
  const { amounts, images, quantities, variable, value } = segment
  switch (action) {
    case 'scale':
      return replicasOf(verb, segment, read)
    case 'undo':
      if (amounts.length === 0) return read.special.has('revision') ? undefined : {}
      return amounts.length === 1 && amounts[0]?.by !== 'from' && read.special.has('revision')
        ? { revision: amounts[0]?.count }
        : undefined
    case 'create': {
      const [amount] = amounts
      const image = valueIn(images)
      if (image === undefined || amounts.length > 1 || kindsOf(segment).length !== 1) return undefined
      return { image, ...(amount !== undefined && { replicas: { to: amount.count } }) }
    }
    case 'set-image': {
      const image = valueIn(images)
      return image === undefined ? undefined : { image }
    }
    case 'set-resource': {
      const isUnbound = !read.special.has('limits') && !read.special.has('requests')
      // What something is given is what it may take.
      const bound = isUnbound && sortsOfGiving.has(verb.sort) ? 'limits' : oneOf(read, ['limits', 'requests'])
      const name = oneOf(read, ['cpu', 'memory'])
      const quantity = valueIn(quantities, leads[verb.sort])
      return bound !== undefined && name !== undefined && quantity !== undefined
        ? { resource: { bound, name, quantity } }
        : undefined
    }
    case 'set-variable':
      return variable === undefined || value === undefined ? undefined : { variable: { name: variable, value } }
    default:
      return {}
  }
}

/** Behind these verbs a quantity may be what comes on top or goes away, unless a word says what it is. */
const leads: Readonly<Partial<Record<Sort, readonly Lead[]>>> = { amount: ['to'], image: ['to'], add: ['of'] }

/** The one value that there shall be: "from" names the one that is left, and "by" none at all. */
function valueIn(said: readonly Worded[], fit: readonly Lead[] = ['to', 'of', 'plain']): string | undefined {
  const [only, ...others] = said.filter(({ by }) => by !== 'from')
  return only !== undefined && others.length === 0 && fit.includes(only.by) ? only.text : undefined
}

const sortsOfGiving = new Set<Sort>(['run', 'set', 'amount'])

function oneOf<Word extends string>({ special }: WordsBehind, words: readonly Word[]): Word | undefined {
  const found = words.filter((word) => special.has(word))
  return found.length === 1 ? found[0] : undefined
}

const factors: Readonly<Record<string, number>> = { double: 2, triple: 3, halve: 0.5 }
/** Of these, "by" or "more" is a number less. */
const lessening = /^(?:downscale|decrease|reduce|lower|shrink|delete|remove|drop|kill)$/

function replicasOf({ sort, text }: Verb, { amounts }: Segment, { special }: WordsBehind): Value | undefined {
  const factor = factors[text]
  if (sort === 'stop' || factor !== undefined) {
    if (amounts.length > 0) return undefined
    return { replicas: factor === undefined ? { to: 0 } : { times: factor } }
  }
  const to = amounts.filter(({ by }) => by !== 'from')
  const [amount] = to
  if (amounts.length - to.length > 1 || to.length > 1) return undefined
  // "Scale it": how many is asked back.
  if (amount === undefined) return sort === 'scale' && amounts.length === 0 ? {} : undefined
  const { count, by } = amount
  if (by === 'to') return { replicas: { to: count } }
  const isLess = by === 'fewer' || lessening.test(text) || special.has('down')
  if (by === 'by' || by === 'more' || by === 'fewer') return { replicas: { by: isLess ? -count : count } }
  if (sort === 'add') return { replicas: { by: count } }
  if (sort === 'delete') return { replicas: { by: -count } }
  // "Increase web 3 replicas" may mean three, or three more.
  return sort === 'amount' ? undefined : { replicas: { to: count } }
}
