import { visibleText } from '@fairlead/contract/visible-text'
import type { Colours } from '../terminal/colours.ts'

/** A unified diff, a line each; colours stand beside the signs, never in their place. */
export function diffLines(diff: string, { add, del, quiet }: Colours): string[] {
  return visibleText(diff)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+|@@)/.test(line)) return quiet(line)
      if (line.startsWith('+')) return add(line)
      return line.startsWith('-') ? del(line) : line
    })
}
