import type { Change, EffectObject } from '@fairlead/contract/effect'
import { readablePath } from '@fairlead/contract/readable-path'
import { visibleLine, visibleText } from '@fairlead/contract/visible-text'
import { stringify } from 'yaml'
import type { Colours } from '../terminal/colours.ts'
import { valueText } from './value-lines.ts'

/** Every change of an object, whole: on one line where both values are short, else the old text and the new one. */
export function changeLines({ changes, elements }: EffectObject, { add, del }: Colours): string[] {
  return changes.flatMap((change) => {
    const path = visibleLine(readablePath(change.path, elements))
    if (isShort(change)) return [`${path}: ${del(valueText(change.before))} -> ${add(valueText(change.after))}`]
    return [
      `${path}:`,
      ...valueLines(change.before).map((line) => del(`- ${line}`)),
      ...valueLines(change.after).map((line) => add(`+ ${line}`)),
    ]
  })
}

function isShort({ before, after }: Change): boolean {
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
