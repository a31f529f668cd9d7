import { readFileSync } from 'node:fs'
import type { Difference } from './find-differences.fixture.ts'

const document = new URL('../../../../docs/sandbox-differences.md', import.meta.url)

export type KnownDifference = {
  name: string
  /** Share of the sequences that may meet it. */
  most: number
  covers(difference: Difference): boolean
}

/**
 * The rows of the table in docs/sandbox-differences.md: what is asked (method and path), where the answers differ, and
 * what the real server says there or in its whole answer, each a pattern; why; and in how many sequences of a hundred.
 */
export function readKnownDifferences(): KnownDifference[] {
  const text = readFileSync(document, 'utf8')
  const rows = text.split('\n').filter((line) => /^\| `/.test(line))
  return rows.map((line) => {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|'))
    const pattern = (cell = '') => new RegExp(cell.replace(/^`|`$/g, ''), 's')
    const [request, place, real] = [pattern(cells[0]), pattern(cells[1]), pattern(cells[2])]
    return {
      name: cells[3] ?? '',
      most: Number(cells[4]) / 100,
      covers: ({ sent, path, whole, real: value }) =>
        request.test(`${sent.method} ${sent.path} ${sent.contentType ?? ''}`) &&
        place.test(path) &&
        (real.test(JSON.stringify(value)) || real.test(whole)),
    }
  })
}
