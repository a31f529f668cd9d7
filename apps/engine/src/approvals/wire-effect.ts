import type { Effect } from '@fairlead/contract/effect/effect'

const WHOLE_BYTES = 256 * 1024
const DIFF_CHARACTERS = 60_000

/** The effect as it is sent: a large one without its diff texts, of which `getDiff` has the lines. */
export function wireEffect(effect: Effect): Effect {
  const diffs = effect.objects.reduce((sum, { diff = '' }) => sum + diff.length, 0)
  const isSmall = diffs <= DIFF_CHARACTERS && Buffer.byteLength(JSON.stringify(effect)) <= WHOLE_BYTES
  if (isSmall) return effect
  return { ...effect, objects: effect.objects.map(({ diff: _, ...object }) => object), diff_omitted: true }
}
