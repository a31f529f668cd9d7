import type { EffectObject, Verdict, Verification } from '@fairlead/contract/effect/effect'
import type { ToolAnswer, VerifyRequest } from '@fairlead/contract/tool/tool-meta'
import { changesOf } from '../effect/effect-object.ts'
import { nameOf } from '../target/object-written.ts'
import type { ObjectPlan } from '../target/plan.ts'
import type { Verified } from '../target/target-system.ts'
import type { GatedWriteCall } from './gated-write-call.ts'

/** The worst first: the verdict of a call is the worst of its objects'. */
const severity: readonly Verdict[] = ['differs', 'unreadable', 'not_yet', 'as_approved']

/**
 * Has the target system read the objects of an approved effect back and compare them with what was approved, and wait
 * for roll-outs and deletions to end, `wait_seconds` in all. Needs no grant and writes nothing.
 */
export async function verify(writeCall: GatedWriteCall, request: VerifyRequest): Promise<ToolAnswer> {
  const started = performance.now()
  const { target, context } = writeCall
  const deadline = AbortSignal.any([context.signal, AbortSignal.timeout(request.wait_seconds * 1000)])
  const stillToDo = whatIsStillToDo(writeCall, request)
  const verified = await Promise.all(
    request.objects.map((object) =>
      target.verify(object, { deadline, stillToDo, mayWait: request.wait_seconds > 0, pins: request.pins }),
    ),
  )
  const verification: Verification = {
    verdict: worst(verified.map(({ verdict }) => verdict.verdict)),
    waited_ms: Math.round(performance.now() - started),
    objects: verified.map(({ verdict }) => verdict),
  }
  return {
    output: [headline(verification.verdict), ...verified.flatMap(linesOf)].join('\n'),
    error: false,
    verification,
  }
}

/**
 * For values that are hidden without a hash the call's own arguments tell: what a plan would still change is not done.
 * Planned once, and only when there is such a value.
 */
function whatIsStillToDo(
  { plan: planCall }: GatedWriteCall,
  { pins }: VerifyRequest,
): (object: EffectObject) => Promise<(path: string) => boolean> {
  const isHidden = (object: EffectObject): boolean =>
    object.changes.some(({ before, after }) => before !== undefined && JSON.stringify(before) === JSON.stringify(after))
  let planning: Promise<PromiseSettledResult<ObjectPlan>[]> | undefined
  return async (object) => {
    if (!isHidden(object)) return () => false
    // Begun when the first asks, and once: a plan that nobody waits for would end with the call, and take the server with it.
    planning ??= planCall(pins).then((plan) => Promise.allSettled(plan.objects.map((planned) => planned.plan())))
    const objectPlans = await planning
    const objectPlan = objectPlans
      .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      .find(({ ref }) => nameOf(ref) === nameOf(object) && ref.apiVersion === object.apiVersion)
    // What the write has deleted cannot be planned any more; that says nothing of the others.
    const failure = objectPlans.find((each) => each.status === 'rejected')
    if (objectPlan === undefined && failure !== undefined) throw failure.reason
    const paths = new Set(objectPlan === undefined ? [] : changesOf(objectPlan).map(({ path }) => path))
    return (path) => paths.has(path)
  }
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return severity.find((each) => verdicts.includes(each)) ?? 'as_approved'
}

function headline(verdict: Verdict): string {
  return verdict.replace('_', ' ')
}

function linesOf({ verdict: { ref, verdict, differences }, note }: Verified): string[] {
  if (verdict === 'as_approved') return []
  const lines = differences.map(
    ({ path, approved, actual }) => `  ${path || '/'}: approved ${shown(approved)}, is ${shown(actual)}`,
  )
  return [`${nameOf(ref)} ${headline(verdict)}${note === undefined ? '' : `: ${note}`}`, ...lines]
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
