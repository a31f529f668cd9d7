import { investigate } from '../causes/investigate.ts'
import type { Ref } from '../cluster/objects.ts'
import type { Scope } from '../cluster/scope.ts'
import { readState, type State } from '../cluster/state.ts'
import { isOfTheSystem } from '../cluster/survey.ts'
import type { Finding } from '../evidence/finding.ts'
import { isSame } from '../evidence/finding.ts'
import { type Symptom, subjectOf, symptomsOf } from '../evidence/symptoms.ts'
import { inParallel } from '../plan/in-parallel.ts'
import type { Plan } from '../plan/plan.ts'
import type { Focus } from '../requests/focus.ts'

export type Causes = {
  state: State
  scope: Scope
  symptoms: readonly Symptom[]
  findings: Finding[]
  /** Symptoms that were seen and not followed. */
  more: readonly Symptom[]
}

/** How many symptoms are followed for one question. */
const MAX_CAUSES = 3

/** Reads the place that a question is about, and follows the symptoms there to their causes. */
export function* findCauses(focus: Focus): Plan<Causes> {
  const scope = scopeOf(focus)
  const near = focus.objects.map(({ ref }) => ref.name)
  const state = within(focus, yield* readState(scope, near))
  const symptoms = symptomsOf(state)
    .filter((symptom) => symptom.is !== 'suspended' || scoreOf(subjectOf(symptom), focus) > 0)
    .toSorted((a, b) => closeness(b, focus) - closeness(a, focus))
  const followed = symptoms.slice(0, MAX_CAUSES)
  const found = yield* inParallel(followed.map((symptom) => investigate(symptom, state)))
  const findings = found
    .filter((finding, index) => found.findIndex((other) => isSame(other.subject, finding.subject)) === index)
    .toSorted((a, b) => weight(b, focus) - weight(a, focus))
  return { state, scope, symptoms, findings, more: symptoms.slice(MAX_CAUSES) }
}

function scopeOf({ namespaces, objects }: Focus): Scope {
  const [only, ...others] = namespaces.length > 0 ? namespaces : spacesOf(objects.map(({ ref }) => ref))
  return only !== undefined && others.length === 0 ? only : 'all'
}

function spacesOf(refs: readonly Ref[]): string[] {
  return [...new Set(refs.flatMap(({ namespace }) => namespace ?? []))]
}

/** What was read of all namespaces, without those that nobody asked for. */
function within({ namespaces }: Focus, state: State): State {
  const isMeant = ({ metadata: { namespace = '' } }: { metadata: { namespace?: string } }) =>
    namespaces.length > 0 ? namespaces.includes(namespace) : !isOfTheSystem(namespace)
  return {
    workloads: state.workloads.filter(isMeant),
    pods: state.pods.filter(isMeant),
    services: state.services.filter(isMeant),
    slices: state.slices.filter(isMeant),
    jobs: state.jobs.filter(isMeant),
    cronJobs: state.cronJobs.filter(isMeant),
    parts: state.parts,
  }
}

function closeness(symptom: Symptom, focus: Focus): number {
  const subject = subjectOf(symptom)
  return scoreOf(subject, focus) + (symptom.is === 'failed' || symptom.is === 'waiting' ? -0.2 : 0)
}

function weight({ subject, touches = [], confidence, remedy }: Finding, focus: Focus): number {
  const score = Math.max(...[subject, ...touches].map((ref) => scoreOf(ref, focus)))
  return score * 10 + (remedy === undefined ? 0 : 1) + confidence / 100
}

/** How well the words of the question fit an object: itself, or what bears the same name. */
export function scoreOf(ref: Ref, { objects }: Focus): number {
  const same = objects.filter((one) => one.ref.namespace === ref.namespace && one.ref.name === ref.name)
  return Math.max(0, ...same.map(({ score }) => score))
}
