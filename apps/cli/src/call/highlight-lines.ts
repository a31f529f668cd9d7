import type { Effect, Highlight } from '@fairlead/contract/effect/effect'
import { elementsOf, highlightsMissing } from '@fairlead/contract/effect/effect-words'
import { readablePath } from '@fairlead/contract/effect/readable-path'
import { visibleLine, visibleText } from '@fairlead/contract/visible-text'
import type { Colours } from '../terminal/colours.ts'
import { objectName } from './object-name.ts'

/** What a person must not miss, whole and before everything else, each with its place. */
export function highlightLines(effect: Effect, { ask, quiet }: Colours): string[] {
  const { highlights } = effect
  if (highlights === undefined) return ['', ask(`${highlightsMissing}.`)]
  if (highlights.length === 0) return []
  return [
    '',
    ask('Stands out'),
    ...highlights.flatMap((highlight) => {
      const place = quiet(placeOf(highlight, effect))
      const [first = '', ...more] = visibleText(highlight.fact).replace(/\n$/, '').split('\n')
      if (more.length === 0) return [`  ${ask('!')} ${first}  ${place}`]
      return [`  ${ask('!')} ${place}`, ...[first, ...more].map((line) => `      ${line}`)]
    }),
  ]
}

function placeOf({ object, path }: Highlight, effect: Effect): string {
  const of = effect.objects[object]
  const place = path === '' ? '' : visibleLine(readablePath(path, elementsOf(effect, object)))
  const isOnly = effect.objects.length < 2 || of === undefined
  return isOnly ? place : `${objectName(of)}${place === '' ? '' : ` ${place}`}`
}
