import type { Effect } from '@fairlead/contract/effect/effect'
import { objectName } from './object-name.ts'
import { valueText } from './value-lines.ts'

/** In which changes two effects of one call differ, a line each: what was seen before, and what it is now. */
export function effectDifference(seen: Effect, current: Effect): string[] {
  const [before, after] = [changesOf(seen), changesOf(current)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key) ?? 'no change', after.get(key) ?? 'no change']
    return was === is ? [] : [`${key}: was ${was}, is now ${is}`]
  })
}

function changesOf({ objects }: Effect): Map<string, string> {
  return new Map(
    objects.flatMap((object) => [
      [
        objectName(object),
        `${object.action}${object.uid === undefined ? '' : ` of ${valueText(object.uid)}`}`,
      ] as const,
      ...object.changes.map(
        ({ path, before, after }) =>
          [`${objectName(object)} ${valueText(path)}`, `${valueText(before)} -> ${valueText(after)}`] as const,
      ),
    ]),
  )
}
