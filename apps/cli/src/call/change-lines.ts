import { type ChangeLeaf, changeLeaves } from '@fairlead/contract/effect/change-leaves'
import { changeSections } from '@fairlead/contract/effect/change-sections'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import { pathWeight } from '@fairlead/contract/effect/path-weight'
import { visibleLine, visibleText } from '@fairlead/contract/visible-text'
import { stringify } from 'yaml'
import type { Colours } from '../terminal/colours.ts'
import { valueText } from './value-lines.ts'

/**
 * Every change of an object, whole, under the beginnings that they share: on one line where both values are short, else
 * the old text and the new one. What differs only in an order that means nothing is named at the end.
 */
export function changeLines(object: EffectObject, colours: Colours): string[] {
  const leaves = object.changes.flatMap((change) => changeLeaves(change, object))
  const orders = leaves
    .filter(({ isInsignificantOrder }) => isInsignificantOrder)
    .map(({ label }) => label.replace(/^order of /, ''))
  const sections = changeSections(leaves.filter(({ isInsignificantOrder }) => !isInsignificantOrder))
  return [
    ...sections.flatMap(({ head, rows }) => {
      const lines = rows.flatMap(({ row, own }) => leafLines(row, own, object.kind, colours))
      if (head === undefined) return lines
      const name = head.name === undefined ? '' : `${colours.strong(visibleLine(head.name))}  `
      return [`${name}${colours.quiet(visibleLine(head.path))}`, ...lines.map((line) => `  ${line}`)]
    }),
    ...(orders.length > 0
      ? [`Only in another order, which means nothing to the API: ${visibleLine(orders.join(', '))}`]
      : []),
  ]
}

function leafLines(leaf: ChangeLeaf, own: string, kind: string, { add, ask, del }: Colours): string[] {
  const weight = pathWeight(kind, leaf.path)
  const mark = weight === undefined ? '' : `  ${ask(`! ${weight}`)}`
  if (isShort(leaf))
    return [`${visibleLine(own)}: ${del(valueText(leaf.before))} -> ${add(valueText(leaf.after))}${mark}`]
  return [
    `${visibleLine(own)}:${mark}`,
    ...valueLines(leaf.before).map((line) => del(`- ${line}`)),
    ...valueLines(leaf.after).map((line) => add(`+ ${line}`)),
  ]
}

function isShort({ before, after }: ChangeLeaf): boolean {
  return [before, after].every((value) => {
    if (typeof value === 'object' && value !== null) return false
    return typeof value !== 'string' || !value.trimEnd().includes('\n')
  })
}

function valueLines(value: unknown): string[] {
  if (value === undefined) return []
  const text = typeof value === 'string' ? value : stringify(value, { lineWidth: 0 })
  return visibleText(text).replace(/\n$/, '').split('\n')
}
