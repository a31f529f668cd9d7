import { type Ref, refOf } from '../cluster/objects.ts'
import { readState } from '../cluster/state.ts'
import { healthLines } from '../diagnosis/health-lines.ts'
import { nameOf } from '../evidence/finding.ts'
import { subjectOf, symptomsOf } from '../evidence/symptoms.ts'
import { type Call, call, type Plan } from '../plan/plan.ts'
import { makeChange, whyNot } from '../requests/make-change.ts'

type Change = {
  ref: Ref
  /** What will be done, as half a sentence. */
  says: string
  calls: readonly Call[]
  offered: ReadonlySet<string>
  /** What is there before, with the field that says so. */
  before?: string
}

const rolled = ['Deployment', 'StatefulSet', 'DaemonSet']

/** A change that a person asked for in so many words: proposed, made once it is approved, and looked at again. */
export function* change({ ref, says, calls, offered, before }: Change): Plan<string> {
  const say = `${before === undefined ? '' : `- ${before}\n\n`}I propose to ${says}. It waits for your approval.`
  const made = yield* makeChange(calls, { say, offered })
  if (made.kind === 'not-offered') return `${say}\n\n${whyNot(made)}`
  if (made.kind === 'unknown') return `It is not known whether the change took effect: ${made.text.trim()}`
  if (made.kind !== 'answered') return whyNot(made)
  const done = made.text.split('\n')[0]?.trim() ?? ''
  if (!rolled.includes(ref.kind)) return `Done: ${done}`
  const args = { name: ref.name, namespace: ref.namespace, resource_type: ref.kind.toLowerCase(), timeout_seconds: 20 }
  yield* call('k8s_rollout_status', args, { barrier: true })
  const state = yield* readState(ref.namespace ?? 'all', [ref.name])
  const focus = { namespaces: [], objects: [{ ref, score: 1 }], stranger: undefined, elsewhere: undefined }
  const trouble = symptomsOf(state).some((symptom) => {
    const subject = subjectOf(symptom)
    return subject.kind === ref.kind && subject.name === ref.name
  })
  const own = { ...state, services: [], workloads: state.workloads.filter((one) => refOf(one).kind === ref.kind) }
  const lines = healthLines(own, focus)
  const warning = trouble ? `\n\n${nameOf(ref)} has trouble now: ask me why, and I look into it.` : ''
  return [`Done: ${done}`, '', ...lines].join('\n') + warning
}
