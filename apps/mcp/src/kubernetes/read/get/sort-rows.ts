import { InvalidInput } from '../../../input/invalid-input.ts'
import { plainWord } from '../../../input/plain-word.ts'
import { shownValue } from '../../../input/shown-value.ts'
import { secondsOf } from '../../../output/age.ts'
import type { Row, Table } from './read-table.ts'

const allowed = 'It is the name of a column, as in name, age or restarts.'

/** The column to sort by, in lower case; a space in a column's name is written '-'. */
export function sortColumn(parameter: string, value: string): string {
  const word = plainWord(parameter, value, allowed).toLowerCase()
  if (!/^[a-z][a-z0-9()%_-]{0,62}$/.test(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not the name of a column. ${allowed}`)
  return word
}

/** Text from a to z, numbers from the largest, ages from the newest: what one looks for stands at the top. */
export function sortRows({ columns, rows, ...rest }: Table, sortBy: string): Table {
  const names = columns.map(spelled)
  const column = names.indexOf(sortBy)
  if (column < 0 && sortBy !== 'namespace')
    throw new InvalidInput(`sort_by ${shownValue(sortBy)} is not one of ${names.toSorted().join(', ')}.`)
  return { columns, rows: rows.toSorted(column < 0 ? byNamespace : byColumn(column, sortBy)), ...rest }
}

function spelled(column: string): string {
  return column.toLowerCase().replaceAll(' ', '-')
}

const byNamespace: Compare = (a, b) => compareText(a.namespace ?? '', b.namespace ?? '')

type Compare = (a: Row, b: Row) => number

function byColumn(column: number, sortBy: string): Compare {
  return (a, b) => {
    if (sortBy === 'age' && a.created && b.created) return compareText(b.created, a.created)
    const [left = '', right = ''] = [a.cells[column], b.cells[column]]
    const spans = [secondsOf(left), secondsOf(right)] as const
    if (spans[0] !== undefined && spans[1] !== undefined) return spans[0] - spans[1]
    const numbers = [Number.parseFloat(left), Number.parseFloat(right)] as const
    if (!Number.isNaN(numbers[0]) && !Number.isNaN(numbers[1]) && numbers[0] !== numbers[1])
      return numbers[1] - numbers[0]
    return compareText(left, right)
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
