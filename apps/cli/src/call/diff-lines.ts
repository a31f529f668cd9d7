import type { Colours } from '../terminal/colours.ts'
import { neutralise } from '../terminal/neutralise.ts'

/** A unified diff, a line each; colours stand beside the signs, never in their place. */
export function diffLines(diff: string, { add, del, quiet }: Colours): string[] {
  return neutralise(diff)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+|@@)/.test(line)) return quiet(line)
      if (line.startsWith('+')) return add(line)
      return line.startsWith('-') ? del(line) : line
    })
}
