import type { Effect } from '@fairlead/contract/effect'

const WHOLE_BYTES = 256 * 1024

/** The effect as events carry it: a large one without its diff texts, which the approval item has whole. */
export function wireEffect(effect: Effect): Effect {
  if (Buffer.byteLength(JSON.stringify(effect)) <= WHOLE_BYTES) return effect
  return { ...effect, objects: effect.objects.map(({ diff: _, ...object }) => object), diff_omitted: true }
}
