import { survey } from './cluster/survey.ts'
import type { Plan } from './plan.ts'
import { aboutDemo, cannotRead } from './requests/about.ts'
import { cluster } from './requests/cluster.ts'
import { cordon } from './requests/cordon.ts'
import { remove } from './requests/delete.ts'
import { diagnose } from './requests/diagnose.ts'
import { events } from './requests/events.ts'
import { focusOf } from './requests/focus.ts'
import { list } from './requests/list.ts'
import { logs } from './requests/logs.ts'
import type { Request } from './requests/request.ts'
import { restart } from './requests/restart.ts'
import { scale } from './requests/scale.ts'
import { setImage } from './requests/set-image.ts'
import { undo } from './requests/undo.ts'
import { usage } from './requests/usage.ts'
import { type Intent, understand } from './words/understand.ts'

const requests: Readonly<Record<Exclude<Intent, 'other'>, (request: Request) => Plan<string>>> = {
  diagnose,
  list,
  logs,
  events,
  scale,
  restart,
  undo,
  'set-image': setImage,
  delete: remove,
  cordon,
  usage,
  cluster,
}

export type Question = {
  question: string
  /** What was answered before, for what a question leaves out. */
  lastAnswer: string
  offered: ReadonlySet<string>
}

/** The plan for a question: what to read, what to propose, and what to say in the end. */
export function* answerQuestion({ question, lastAnswer, offered }: Question): Plan<string> {
  const isAgreed = agrees(question) && lastAnswer !== ''
  if (!isAgreed && understand(question).intent === 'other') return aboutDemo
  let known = yield* survey()
  if (known.failure !== undefined && known.objects.length === 0) return cannotRead(known.failure)
  const [place] = known.isPart ? focusOf(understand(question), known).namespaces : []
  if (place !== undefined) known = yield* survey(place)
  const understood = understand(question, new Set(known.objects.map(({ name }) => name)))
  const intent = isAgreed ? 'diagnose' : understood.intent
  if (intent === 'other') return aboutDemo
  const focus = focusOf(understood, known)
  const meant = focus.objects.length === 0 && refersBack(question) ? mentioned(lastAnswer, known.objects) : []
  const request: Request = {
    understood,
    survey: known,
    focus: meant.length === 0 ? focus : { ...focus, objects: meant.map((ref) => ({ ref, score: 1 })) },
    offered,
  }
  return yield* requests[intent](request)
}

/** "Yes, go ahead": changes are approved on their cards, and never by words, so what was found is shown once more. */
function agrees(question: string): boolean {
  return /^\W*(?:yes|yep|yeah|ok|okay|sure|go ahead|go on|do (?:it|so|that)|please do|proceed|approved?|confirm(?:ed)?)\W*(?:please|go ahead|do (?:it|so|that))?\W*$/i.test(
    question,
  )
}

/** "Restart it", "yes, do that": what is meant was named before. */
function refersBack(question: string): boolean {
  return agrees(question) || /\b(?:it|its|that|this|them|they|one|do so|go ahead|yes|again)\b/i.test(question)
}

function mentioned<Ref extends { name: string; namespace?: string }>(text: string, objects: readonly Ref[]): Ref[] {
  const found = objects.filter(({ name, namespace }) => text.includes(`\`${namespace}/${name}\``))
  const first = found.toSorted((a, b) => text.indexOf(`/${a.name}\``) - text.indexOf(`/${b.name}\``))[0]
  return first === undefined
    ? []
    : found.filter(({ name, namespace }) => name === first.name && namespace === first.namespace)
}
