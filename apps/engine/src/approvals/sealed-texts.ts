import type { Effect, Mask } from '@fairlead/contract/effect/effect'
import { openSealedValue } from '@fairlead/contract/sealed-value'

/** The hidden texts of an effect, sealed, in the order of its masks; null where a mask has none. */
export type SealedTexts = (string | null)[]

/** Takes the sealed texts out of an effect: what is stored, shown and sent of it from here on has none. */
export function withoutSeals(effect: Effect): { effect: Effect; seals: SealedTexts } {
  const { masks } = effect
  if (masks === undefined) return { effect, seals: [] }
  return {
    effect: { ...effect, masks: masks.map(({ sealed: _, ...mask }) => mask) },
    seals: masks.map(({ sealed }) => sealed ?? null),
  }
}

/** The texts in the order of the masks; undefined where there is none, or where it does not open under this key. */
export function openSeals(
  effect: Effect,
  seals: SealedTexts,
  redactionKey: Uint8Array | undefined,
): (string | undefined)[] {
  return (effect.masks ?? []).map((mask, index) => {
    const sealed = seals[index]
    if (redactionKey === undefined || !sealed || mask.side !== 'after') return undefined
    const place = placeOf(effect, mask)
    return place && openSealedValue(sealed, place, redactionKey)
  })
}

function placeOf({ objects }: Effect, { object, path }: Mask) {
  const ref = objects[object]
  if (ref === undefined) return undefined
  const { cluster, kind, namespace, name } = ref
  return { cluster, kind, namespace, name, path }
}
