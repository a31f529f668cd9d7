import type { Effect } from '@fairlead/contract/effect'

const WHOLE_BYTES = 256 * 1024

/** The effect as events carry it: a large one without its diff texts, which the approval item has whole. */
export function wireEffect(whole: Effect): Effect {
  const effect = withoutSealed(whole)
  if (Buffer.byteLength(JSON.stringify(effect)) <= WHOLE_BYTES) return effect
  return { ...effect, objects: effect.objects.map(({ diff: _, ...object }) => object), diff_omitted: true }
}

/** The effect as it leaves the engine: what is hidden in it stays with the engine, sealed as it is. */
export function withoutSealed(effect: Effect): Effect {
  if (effect.masks === undefined) return effect
  return { ...effect, masks: effect.masks.map(({ sealed: _, ...mask }) => mask) }
}
