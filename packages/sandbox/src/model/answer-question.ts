import { type Survey, survey } from './cluster/survey.ts'
import { inTurn } from './in-turn.ts'
import type { Plan } from './plan.ts'
import type { Exchange } from './read-conversation.ts'
import { aboutDemo, beyondDemo, cannotRead } from './requests/about.ts'
import { cluster } from './requests/cluster.ts'
import { cordon } from './requests/cordon.ts'
import { remove } from './requests/delete.ts'
import { describe } from './requests/describe.ts'
import { diagnose } from './requests/diagnose.ts'
import { eachObject } from './requests/each-object.ts'
import { events } from './requests/events.ts'
import { focusOf } from './requests/focus.ts'
import { history } from './requests/history.ts'
import { list } from './requests/list.ts'
import { logs } from './requests/logs.ts'
import { agrees, meantBefore, refersBack } from './requests/meant-before.ts'
import type { Request } from './requests/request.ts'
import { restart } from './requests/restart.ts'
import { scale } from './requests/scale.ts'
import { setImage } from './requests/set-image.ts'
import { undo } from './requests/undo.ts'
import { usage } from './requests/usage.ts'
import { clausesOf } from './words/clauses.ts'
import type { Intent } from './words/intent.ts'
import { understand } from './words/understand.ts'

type Known = Exclude<Intent, 'about' | 'other' | 'unclear'>

const requests: Readonly<Record<Known, (request: Request) => Plan<string>>> = {
  diagnose,
  describe,
  list,
  logs,
  events,
  history,
  scale,
  restart,
  undo,
  'set-image': setImage,
  delete: remove,
  cordon,
  usage,
  cluster,
}

/** Done to several objects, one after the other, when several are named. */
const oneByOne: readonly Intent[] = ['logs', 'history', 'scale', 'restart', 'undo', 'delete']

export type Question = {
  question: string
  /** What was said before, newest first, for what a question leaves out. */
  before: readonly Exchange[]
  offered: ReadonlySet<string>
}

/** The plan for a question: what to read, what to propose, and what to say in the end. */
export function* answerQuestion({ question, before, offered }: Question): Plan<string> {
  const isAgreed = agrees(question) && before.length > 0
  const { intent } = understand(question)
  if (!isAgreed && intent === 'about') return aboutDemo
  if (!isAgreed && intent === 'other') return beyondDemo
  let known = yield* survey()
  if (known.failure !== undefined && known.objects.length === 0) return cannotRead(known.failure)
  const [place] = known.isPart ? focusOf(understand(question), known).namespaces : []
  if (place !== undefined) known = yield* survey(place)
  const whole = focusOf(understoodIn(question, known), known)
  const plans: Plan<string>[] = []
  let meant = refersBack(question) ? meantBefore(before, known) : []
  for (const clause of isAgreed ? [question] : clausesOf(question)) {
    const understood = understoodIn(clause, known)
    const own = focusOf(understood, known, whole.namespaces.length === 1 ? whole.namespaces : [])
    const isLeftOut = own.objects.length === 0 && refersBack(clause)
    const focus = isLeftOut ? { ...own, objects: meant } : own
    const request: Request = { understood, survey: known, focus, offered }
    const asked = isAgreed ? 'diagnose' : knownIntent(request)
    if (asked === undefined) return understood.intent === 'about' ? aboutDemo : beyondDemo
    const each = oneByOne.includes(asked) ? eachObject(request) : [request]
    plans.push(...each.map((one) => requests[asked](one)))
    meant = focus.objects
  }
  return yield* inTurn(plans)
}

function understoodIn(text: string, { objects }: Survey) {
  return understand(text, new Set(objects.map(({ name }) => name)))
}

/** What no word tells is a question about what is called so, and about nothing of ours when nothing is. */
function knownIntent({ understood: { intent }, focus, survey: { isPart } }: Request): Known | undefined {
  if (intent === 'about' || intent === 'other') return undefined
  if (intent !== 'unclear') return intent
  return focus.objects.length + focus.namespaces.length > 0 || isPart ? 'diagnose' : undefined
}
