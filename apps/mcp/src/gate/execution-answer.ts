import type { Outcome } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { nameOf, type ObjectWritten } from '../target/object-written.ts'
import type { Report } from '../target/plan.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { ComputedEffect } from './compute-effect.ts'

/** Nothing was written. The answer holds the effect as it is now, so that it can be approved again. */
export function staleAnswer({ effect, effect_digest, args_digest }: ComputedEffect, tries: number): ToolAnswer {
  return {
    output: `Stale: this is no longer the change that was approved; now: ${effect.summary}. Nothing was written.`,
    error: true,
    code: 'Stale',
    outcome: 'stale',
    tries,
    objects: [],
    effect,
    args_digest,
    effect_digest,
  }
}

/** The same, when the effect cannot even be computed any more. */
export function contestedAnswer({ message, hint }: ToolError, tries: number): ToolAnswer {
  return {
    output: `Stale: this is no longer the change that was approved: ${message} Nothing was written.`,
    error: true,
    code: 'Stale',
    ...(hint !== undefined && { hint }),
    outcome: 'stale',
    tries,
    objects: [],
  }
}

/** The outcome is the worst of its objects': one that is unknown makes the whole unknown. */
export function writtenAnswer(computed: ComputedEffect, written: readonly ObjectWritten[], tries: number): ToolAnswer {
  const outcome = worstOf(written)
  const common = {
    outcome,
    tries,
    objects: written.map((each) => each.outcome),
    effect_digest: computed.effect_digest,
  }
  const { plan, objectPlans } = computed
  const namespace = plan.namespace === undefined ? {} : { namespace: plan.namespace }
  if (outcome === 'succeeded') {
    const report = plan.report(objectPlans)
    return { ...(typeof report === 'string' ? { output: report } : report), error: false, ...namespace, ...common }
  }
  const report = plan.reportFailure?.(written) ?? failureOf(outcome, written)
  return { ...report, error: true, ...namespace, ...common }
}

function failureOf(outcome: Outcome, written: readonly ObjectWritten[]): Report & { hint?: string } {
  const output = [headline(written), ...(written.length > 1 ? written.map(lineOf) : [])].join('\n')
  const { code, data, hint } = firstError(written) ?? {}
  return { output, code: outcome === 'unknown' ? 'Unknown' : (code ?? 'Internal'), data, hint }
}

/** Waits for what a whole success has set going. Its end takes nothing back, so a fault of the waiting is only reported. */
export async function settledAnswer(answer: ToolAnswer, { plan, objectPlans }: ComputedEffect): Promise<ToolAnswer> {
  if (plan.settle === undefined) return answer
  try {
    return { ...answer, ...(await plan.settle(objectPlans)) }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return {
      ...answer,
      output: `${answer.output}\nWaiting for the result ended early: ${error.text}`,
      data: { done: false },
    }
  }
}

function worstOf(written: readonly ObjectWritten[]): Outcome {
  if (written.some(({ outcome }) => outcome.outcome === 'unknown')) return 'unknown'
  return written.every(({ outcome }) => outcome.outcome === 'succeeded') ? 'succeeded' : 'failed'
}

function headline(written: readonly ObjectWritten[]): string {
  const lost = written.find(({ outcome }) => outcome.outcome === 'unknown')?.outcome
  if (lost === undefined) return firstError(written)?.text ?? 'Internal: the write failed.'
  return `Unknown: ${lost.error ?? 'no answer came'}; ${nameOf(lost.ref)} may have been written all the same. Read it before anything else.`
}

function firstError(written: readonly ObjectWritten[]): ToolError | undefined {
  return written.map(({ error, blocks }) => error ?? blocks).find((error) => error !== undefined)
}

function lineOf({ outcome: { ref, outcome, error } }: ObjectWritten): string {
  return `- ${nameOf(ref)}: ${outcome}${error === undefined ? '' : ` (${error})`}`
}
