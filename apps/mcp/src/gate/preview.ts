import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { shortDiffs } from '../effect/yaml-diff.ts'
import type { ComputedEffect } from './compute-effect.ts'

/** The answer of a preview: the effect for the approver, and the digests that an approval binds to. */
export function previewAnswer({ plan, effect, args_digest, effect_digest }: ComputedEffect): ToolAnswer {
  const diff = shortDiffs(effect.objects.map(({ diff }) => diff ?? '')).join('')
  return {
    output: [effect.summary, ...effect.reasons, diff].filter((part) => part !== '').join('\n'),
    error: false,
    dry_run: true,
    ...(plan.namespace !== undefined && { namespace: plan.namespace }),
    ...(plan.data !== undefined && { data: plan.data }),
    diff,
    effect,
    args_digest,
    effect_digest,
  }
}
