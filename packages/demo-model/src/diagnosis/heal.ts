import { investigate } from '../causes/investigate.ts'
import { type Container, type Ref, refOf } from '../cluster/objects.ts'
import { readState, type State } from '../cluster/state.ts'
import { type Finding, isSame, nameOf } from '../evidence/finding.ts'
import { declaredIn } from '../evidence/pod-container.ts'
import { type Symptom, subjectOf, symptomsOf } from '../evidence/symptoms.ts'
import { call, type Plan } from '../plan/plan.ts'
import { makeChange, whyNot } from '../requests/make-change.ts'
import type { Request } from '../requests/request.ts'
import type { Causes } from './find-causes.ts'
import { healthLines } from './health-lines.ts'
import { writeFinding } from './write-finding.ts'

type Healing = { request: Request; causes: Causes; text: string }

/** Proposals for one finding: a limit that was doubled may be too low still, so what is left is looked at again. */
const MAX_PROPOSALS = 3

/** Proposes the change, and reads again once it is made. */
export function* heal(finding: Finding, { request, text }: Healing): Plan<string> {
  const { offered } = request
  let current = finding
  let say = `${text}\n\n${proposal(finding)}`
  for (let proposed = 1; ; proposed++) {
    const { remedy } = current
    if (remedy === undefined) return say
    const made = yield* makeChange(remedy.calls, { say, offered })
    if (made.kind === 'not-offered') return `${say}\n\n${whyNot(made)}`
    if (made.kind !== 'answered' && made.kind !== 'unknown') return whyNot(made)
    const changed = { ...finding, remedy }
    const { left, state } = yield* inspectAgain(changed, offered)
    if (left === undefined) return healed(changed, state)
    if (proposed === MAX_PROPOSALS || left.remedy === undefined) {
      const why = left.missing === undefined ? '' : ` To go on I would have to know ${left.missing}.`
      return `The change was made, but it has not healed yet.\n\n${writeFinding(left)}${why}`
    }
    current = left
    say = `That has not healed it yet.\n\n${writeFinding(left)}\n\n${proposal(left)}`
  }
}

function proposal({ remedy }: Finding): string {
  return `I propose to ${remedy?.says ?? 'do nothing'}. It waits for your approval; until then nothing changes.`
}

/** How often it is looked at whether it has helped, with longer and longer pauses: what crashed comes back by and by. */
const MAX_INSPECTIONS = 4
/** A container that is ready may still grow beyond its limit a moment later. */
const SETTLE_SECONDS = 4

function* inspectAgain(
  { subject, touches = [], remedy }: Finding,
  offered: ReadonlySet<string>,
): Plan<{ left: Finding | undefined; state: State }> {
  const made = madeBy(remedy)
  const all = [subject, ...touches, ...made]
  const rolled = all.find(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind))
  for (let attempt = 1; ; attempt++) {
    if (rolled !== undefined && attempt === 1) {
      const args = { name: rolled.name, namespace: rolled.namespace, resource_type: rolled.kind.toLowerCase() }
      yield* call('k8s_rollout_status', { ...args, timeout_seconds: 20 }, { barrier: true })
      if (offered.has('wait_for_x_seconds')) {
        yield* call('wait_for_x_seconds', { seconds: SETTLE_SECONDS }, { barrier: true })
      }
    } else if (offered.has('wait_for_x_seconds')) {
      yield* call('wait_for_x_seconds', { seconds: 8 * attempt }, { barrier: true })
    }
    const names = all.map(({ name }) => name)
    const state = yield* readState(subject.namespace ?? 'all', names)
    const symptoms = symptomsOf(state)
    const again = symptoms.find((one) => one.is === 'job-failed' && made.some((ref) => isSame(ref, subjectOf(one))))
    if (again !== undefined) return { left: yield* investigate(again, state), state }
    const symptom = symptoms.find((one) => all.some((ref) => isSame(ref, subjectOf(one))))
    const pending = unfinished(made, state)
    if (symptom === undefined && !pending) return { left: undefined, state }
    if (attempt === MAX_INSPECTIONS || isKilledAgain(symptom) || !offered.has('wait_for_x_seconds')) {
      const left = symptom === undefined ? notDone(made[0] ?? subject) : yield* investigate(symptom, state)
      return { left, state }
    }
  }
}

/** With the limit that the change gave it: no waiting makes more of its memory. */
function isKilledAgain(symptom: Symptom | undefined): boolean {
  if (symptom?.is !== 'crash') return false
  const { state, lastState } = symptom.status
  const isKilled = [state, lastState].some((each) => each?.terminated?.reason === 'OOMKilled')
  const limitOf = ({ resources }: Container) => resources?.limits?.memory
  return isKilled && limitOf(symptom.container) === limitOf(declaredIn(symptom).container)
}

/** Jobs that the change makes: they have to come to their end. */
function madeBy(remedy: Finding['remedy']): Ref[] {
  return (remedy?.calls ?? []).flatMap(({ tool, args }) => {
    if (tool !== 'k8s_apply') return []
    const { kind, metadata } = JSON.parse(String(args.content)) as { kind: string; metadata: Ref }
    return [{ kind, name: metadata.name, namespace: metadata.namespace }]
  })
}

function unfinished(made: readonly Ref[], { jobs }: State): boolean {
  return made.some((ref) => {
    const job = jobs.find((one) => isSame(refOf(one), ref))
    return (
      job === undefined || !job.status?.conditions?.some(({ status, type }) => status === 'True' && type === 'Complete')
    )
  })
}

function notDone(of: Ref): Finding {
  return { subject: of, says: `${nameOf(of)} has not come to its end yet.`, proofs: [], confidence: 60 }
}

function healed({ subject, touches = [], remedy }: Finding, state: State): string {
  const objects = [subject, ...touches].map((ref) => ({ ref, score: 1 }))
  const lines = healthLines(state, { namespaces: [], objects, stranger: undefined, elsewhere: undefined })
  const jobs = madeBy(remedy).map((ref) => `- ${nameOf(ref)}: \`status.conditions[Complete].status\` is \`True\``)
  return ['### Healed', '', ...lines, ...jobs].join('\n')
}
