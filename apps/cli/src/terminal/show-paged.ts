import { askKey } from './prompts.ts'
import type { Terminal } from './terminal.ts'

/** What fits there is shown at once: it can be looked back at without searching. */
const SCREENS_AT_ONCE = 2
const DEFAULT_ROWS = 24

/**
 * Shows all lines, page by page where they are many. Resolves to `end` once the last one was shown, to the key of
 * `ways` by which the person went elsewhere before, or to undefined when they left with Ctrl-C.
 */
export async function showPaged<Key extends string>(
  terminal: Terminal,
  lines: readonly string[],
  ways: Readonly<Record<Key, string>>,
): Promise<Key | 'end' | undefined> {
  const { output, note, colours } = terminal
  const page = Math.max(10, (output.rows ?? DEFAULT_ROWS) - 2)
  let shown = lines.length <= SCREENS_AT_ONCE * page ? lines.length : page
  note(lines.slice(0, shown).join('\n'))
  const keys = ['a all', ...Object.entries<string>(ways).map(([key, does]) => `${key} ${does}`)].join(', ')
  while (shown < lines.length) {
    const message = colours.ask(`── ${shown} of ${lines.length} lines: Enter shows more, ${keys} ──`)
    const key = await askKey(terminal, { message, keys: ['\r', '\n', ' ', 'a', ...Object.keys(ways)] })
    if (key === undefined) return undefined
    if (Object.hasOwn(ways, key)) return key as Key
    const until = key === 'a' ? lines.length : Math.min(lines.length, shown + page)
    note(lines.slice(shown, until).join('\n'))
    shown = until
  }
  return 'end'
}
