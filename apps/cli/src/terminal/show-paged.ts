import { askKey } from './prompts.ts'
import { screenRows } from './screen-rows.ts'
import type { Terminal } from './terminal.ts'

const DEFAULT_ROWS = 24
const DEFAULT_COLUMNS = 80

/**
 * Shows all lines, a screen at a time where they do not fit on one, be they many or long. Resolves to `end` once the last
 * one was shown, to the key of `ways` by which the person went elsewhere before, or to undefined when they left with
 * Ctrl-C.
 */
export async function showPaged<Key extends string>(
  terminal: Terminal,
  lines: readonly string[],
  ways: Readonly<Record<Key, string>>,
): Promise<Key | 'end' | undefined> {
  const { output, note, colours } = terminal
  const columns = output.columns || DEFAULT_COLUMNS
  const rows = lines.flatMap((line) => screenRows(line, columns))
  const keys = ['a all', ...Object.entries<string>(ways).map(([key, does]) => `${key} ${does}`)].join(', ')
  const messageAt = (shown: number) => `── ${shown} of ${rows.length} rows: Enter shows more, ${keys} ──`
  const page = Math.max(1, (output.rows || DEFAULT_ROWS) - 1 - screenRows(messageAt(rows.length), columns).length)
  let shown = Math.min(rows.length, page)
  note(rows.slice(0, shown).join('\n'))
  while (shown < rows.length) {
    const message = colours.ask(messageAt(shown))
    const key = await askKey(terminal, { message, keys: ['\r', '\n', ' ', 'a', ...Object.keys(ways)] })
    if (key === undefined) return undefined
    if (Object.hasOwn(ways, key)) return key as Key
    const until = key === 'a' ? rows.length : Math.min(rows.length, shown + page)
    note(rows.slice(shown, until).join('\n'))
    shown = until
  }
  return 'end'
}
