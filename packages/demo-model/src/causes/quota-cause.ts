import { conditionOf, isKind, type Ref, refOf } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { podsOf, replicasOf } from '../cluster/state.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { patch } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import { numberOf } from '../evidence/quantity.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import { call, type Plan } from '../plan/plan.ts'

/** Pods that are not even made: a quota of the namespace is used up. */
export function* quotaCause({ workload }: Symptom<'none-made'>, { state }: Investigation): Plan<Finding> {
  const subject = refOf(workload)
  const { wanted, ready } = replicasOf(workload)
  const condition = conditionOf(workload, 'ReplicaFailure')
  const message = condition?.message ?? (yield* refusal(subject))
  const proofs: Proof[] = [
    fieldProof(subject, 'status.readyReplicas', `${ready} of ${wanted}`),
    ...(condition === undefined
      ? [{ of: subject, source: 'event' as const, quote: message }]
      : [fieldProof(subject, 'status.conditions[ReplicaFailure].message', message)]),
  ]
  const quota = /exceeded quota: ([\w.-]+)/.exec(message)?.[1]
  if (quota === undefined) {
    const says = `${nameOf(subject)} has fewer pods than it wants: they are refused.`
    return { subject, says, proofs, confidence: 75, missing: 'a change that would let the pods in' }
  }
  const missing = Math.max(1, wanted - podsOf(workload, state).length)
  const found = yield* readObject('resourcequota', quota, subject.namespace)
  const [object] = found === undefined ? [] : [found].filter(isKind('ResourceQuota'))
  const hard = raised(message, { missing, hard: object?.spec?.hard ?? {} })
  const of: Ref = { kind: 'ResourceQuota', namespace: subject.namespace, name: quota }
  const first = Object.keys(hard)[0] ?? ''
  const finding: Finding = {
    subject: of,
    says: `${nameOf(subject)} has fewer pods than it wants: ${nameOf(of)} is used up.`,
    proofs: [
      ...proofs,
      ...Object.keys(hard).map((resource) =>
        fieldProof(
          of,
          `spec.hard.${resource}`,
          object?.spec?.hard?.[resource] ?? object?.status?.hard?.[resource] ?? '',
        ),
      ),
    ],
    confidence: 95,
    touches: [subject],
  }
  if (first === '') return { ...finding, missing: 'which of its limits to raise' }
  const list = Object.entries(hard).map(([resource, value]) => `${resource} ${value}`)
  return {
    ...finding,
    remedy: { says: `raise ${nameOf(of)} to ${list.join(', ')}`, calls: [patch(of, { spec: { hard } }, 'merge')] },
  }
}

/** Why a workload without such a condition gets no pods: its newest event says it. */
function* refusal({ kind, name, namespace }: Ref): Plan<string> {
  const reply = yield* call('k8s_describe', { name, resource_type: kind.toLowerCase(), namespace })
  const lines = reply.kind === 'answered' ? reply.text.split('\n') : []
  return lines.findLast((line) => /FailedCreate|forbidden|exceeded quota/.test(line))?.trim() ?? ''
}

/** The limits that the message names, raised by what the missing pods ask for. */
function raised(message: string, { missing, hard }: { missing: number; hard: Record<string, string> }) {
  const part = (name: string) => {
    const text = new RegExp(`${name}: ((?:[\\w./-]+=[\\w.]+,?)+)`).exec(message)?.[1] ?? ''
    return Object.fromEntries(
      text
        .split(',')
        .filter(Boolean)
        .map((pair) => pair.split('=') as [string, string]),
    )
  }
  const [requested, used] = [part('requested'), part('used')]
  return Object.fromEntries(
    Object.entries(requested).map(([resource, each]) => {
      const now = used[resource] ?? hard[resource] ?? '0'
      return [resource, sum(now, each, missing)]
    }),
  )
}

/** `now` and so many times `each`, in the unit of `each`. */
function sum(now: string, each: string, count: number): string {
  const unit = /[a-zA-Z]*$/.exec(each)?.[0] ?? ''
  const one = numberOf(`1${unit}`)
  return `${Math.ceil((numberOf(now) + numberOf(each) * count) / one)}${unit}`
}
