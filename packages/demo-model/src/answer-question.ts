import { cordon } from './changes/cordon.ts'
import { create } from './changes/create.ts'
import { createNamespace } from './changes/create-namespace.ts'
import { remove } from './changes/delete.ts'
import { ordersOf } from './changes/orders.ts'
import { pause } from './changes/pause.ts'
import { restart } from './changes/restart.ts'
import { scale } from './changes/scale.ts'
import { setImage } from './changes/set-image.ts'
import { setResource } from './changes/set-resource.ts'
import { setVariable } from './changes/set-variable.ts'
import { undo } from './changes/undo.ts'
import { type Survey, survey } from './cluster/survey.ts'
import { type Action, type Command, isCommand } from './commands/command.ts'
import { answerDelivery } from './delivery/answer-delivery.ts'
import { readDelivery } from './delivery/read-delivery.ts'
import { diagnose } from './diagnosis/diagnose.ts'
import { isEnglish } from './lexicon/is-english.ts'
import { inSequence } from './plan/in-sequence.ts'
import type { Plan } from './plan/plan.ts'
import type { Exchange } from './plan/read-conversation.ts'
import { cluster } from './reads/cluster.ts'
import { describe } from './reads/describe.ts'
import { events } from './reads/events.ts'
import { history } from './reads/history.ts'
import { list } from './reads/list.ts'
import { logs } from './reads/logs.ts'
import { recentChanges } from './reads/recent-changes.ts'
import { usage } from './reads/usage.ts'
import { eachObject } from './requests/each-object.ts'
import {
  aboutDemo,
  beyondDemo,
  beyondNames,
  beyondWords,
  cannotRead,
  noOrder,
  noOrderBesideAnswer,
  noPlace,
  notWhole,
} from './requests/fixed-answers.ts'
import { focusOf } from './requests/focus.ts'
import { type Known, knownIntentOf } from './requests/known-intent.ts'
import { agreesToFinding, referredObjects, refersBack } from './requests/referred-objects.ts'
import type { Order, Request } from './requests/request.ts'
import { missingText } from './requests/unknown-names.ts'
import { clausesOf } from './understanding/clauses.ts'
import type { Intent } from './understanding/intent.ts'
import { type Understood, understand } from './understanding/understand.ts'

const requests: Readonly<Record<Known, (request: Request) => Plan<string>>> = {
  diagnose,
  describe,
  list,
  logs,
  events,
  history,
  'recent-changes': recentChanges,
  usage,
  cluster,
}

const changes: Readonly<Record<Action, (order: Order) => Plan<string>>> = {
  scale,
  restart,
  undo,
  'set-image': setImage,
  'set-resource': setResource,
  'set-variable': setVariable,
  delete: remove,
  create,
  'create-namespace': createNamespace,
  cordon,
  uncordon: cordon,
  pause,
  resume: pause,
}

/** Read of several objects, one after the other, when several are named. */
const oneByOne: readonly Intent[] = ['logs', 'history']

export type Question = {
  question: string
  /** What was said before, newest first, for what a question leaves out. */
  before: readonly Exchange[]
  offered: ReadonlySet<string>
}

/** The plan for a question: what to read, what to propose, and what to say in the end. */
export function* answerQuestion({ question, before, offered }: Question): Plan<string> {
  const delivery = readDelivery(question)
  if (delivery !== undefined && delivery.asks !== 'undo rollout') return yield* answerDelivery(delivery, { offered })
  const isAgreed = agreesToFinding(question, before)
  const { intent, command: first } = understand(question)
  if (!isAgreed && first === undefined && delivery === undefined) {
    if (intent === 'about') return aboutDemo
    if (intent === 'other' || !isEnglish(question)) return beyondDemo
  }
  let known = yield* survey()
  if (known.failure !== undefined && known.objects.length === 0) return cannotRead(known.failure)
  const [place] = known.isPart ? focusOf(understand(question), known).namespaces : []
  if (place !== undefined) known = yield* survey(place)
  const names = new Set(known.objects.map(({ name }) => name))
  // A Deployment has roll-outs, too.
  if (delivery?.asks === 'undo rollout' && !names.has(delivery.at.name))
    return yield* answerDelivery(delivery, { offered })
  const clauses = isAgreed ? [question] : clausesOf(question, names, new Set(known.namespaces))
  const heard = clauses.map((clause) => understoodIn(clause, known))
  const refusal = isAgreed ? undefined : refusalOf(heard)
  if (refusal !== undefined) return refusal
  const whole = focusOf(understoodIn(question, known), known)
  const around = whole.namespaces.length === 1 ? whole.namespaces : []
  const plans: Plan<string>[] = []
  let orderedBefore = /^Done: /m.test(before[0]?.answer ?? '')
  let meant = refersBack(question) ? referredObjects(before, known) : []
  for (const [at, understood] of heard.entries()) {
    const clause = clauses[at] ?? ''
    if (isCommand(understood.command)) {
      const { command: ordered } = understood
      if (orderedBefore && takesBack(ordered)) return notWhole(ordered.action, [clause])
      const command = { ...ordered, places: [...ordered.places, ...around] }
      const orders = yield* ordersOf(command, { survey: known, offered, meant, isAlone: clauses.length === 1 })
      if ('elsewhere' in orders)
        return noPlace(missingText({ stranger: undefined, elsewhere: orders.elsewhere }, known))
      if ('words' in orders) return notWhole(ordered.action, orders.words)
      orderedBefore = true
      plans.push(...orders.map((order) => changes[order.action](order)))
      meant = orders.flatMap(({ focus }) => focus.objects)
      continue
    }
    const own = focusOf(understood, known, around)
    const inPlace = own.namespaces.length === 0 ? understood : understoodIn(clause, only(own.namespaces, known))
    const isLeftOut = own.objects.length === 0 && refersBack(clause)
    const focus = isLeftOut ? { ...own, objects: meant } : own
    const isReadOnly = inPlace.isReadOnly || inPlace.talk !== undefined
    const unknown = isAgreed ? [] : inPlace.unknown
    const request: Request = { understood: { ...inPlace, isReadOnly, unknown }, survey: known, focus, offered }
    const intentOrWords = isAgreed ? 'diagnose' : knownIntentOf(request)
    if (typeof intentOrWords !== 'string')
      return understood.intent === 'about' ? aboutDemo : beyondWords(intentOrWords.words)
    const missing = isAgreed || known.isPart ? '' : missingText(focus, known)
    if (intentOrWords === 'diagnose' && missing !== '') return beyondNames(missing)
    const each = oneByOne.includes(intentOrWords) ? eachObject(request) : [request]
    plans.push(...each.map((one) => requests[intentOrWords](one)))
    meant = focus.objects
  }
  const isBeside = heard.some(({ talk, asksToInspect }) => talk !== undefined && !asksToInspect)
  return yield* inSequence(plans, isBeside ? noOrderBesideAnswer : '')
}

/** A name of another namespace is a word like any other here. */
function only(places: readonly string[], { objects, ...survey }: Survey): Survey {
  return {
    ...survey,
    objects: objects.filter(({ namespace }) => namespace === undefined || places.includes(namespace)),
  }
}

function understoodIn(text: string, { objects, namespaces }: Survey) {
  return understand(text, new Set(objects.map(({ name }) => name)), new Set(namespaces))
}

/** "Scale it, then undo it": which of the two is wanted is not told. */
function takesBack({ action, targets }: Command): boolean {
  return action === 'undo' && targets.some(({ isPronoun }) => isPronoun)
}

/** Why no change is proposed, where one is spoken of and not plainly ordered. */
function refusalOf(heard: readonly Understood[]): string | undefined {
  for (const { command, talk, asksToInspect, intent, isPlain } of heard) {
    if (command !== undefined && !isCommand(command)) return notWhole(command.verb, command.words)
    const isAnswered = isPlain && ['diagnose', 'history', 'recent-changes'].includes(intent)
    if (talk === 'doubt' && !(asksToInspect && isAnswered)) return noOrder
    if (talk !== undefined && !isAnswered) return noOrder
  }
  return undefined
}
