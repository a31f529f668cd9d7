import { InvalidInput } from './invalid-input.ts'
import { hasControlCharacter, trimmed } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const most = 1000
const labelPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const fieldValue = /^(?:[^\\=]|\\[\\,=])*/
const labelPrefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** A label selector, `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. Checked here, sent as it was written. */
export function labelSelector(parameter: string, value: string): string {
  const { text, fail } = opened(parameter, value, 'label selector')
  const cursor = new Cursor(text, /^([-A-Za-z0-9_./]+|==|!=|[=!(),<>])/, fail)
  do readRequirement(cursor)
  while (cursor.take(','))
  if (!cursor.atEnd()) cursor.fail("expected ',' or the end")
  return text
}

/** A field selector, `a.b=c,d!=e`; `\` before ',', '=' and '\` in a value. Sent as it was written. */
export function fieldSelector(parameter: string, value: string): string {
  const { text, fail } = opened(parameter, value, 'field selector')
  for (const { term, start } of termsOf(text)) {
    const [operation = ''] = /^\s*[A-Za-z][A-Za-z0-9.[\]/_-]*\s*(==|!=|=)/.exec(term) ?? []
    if (operation === '') fail('expected FIELD=VALUE or FIELD!=VALUE', start)
    const [good = ''] = fieldValue.exec(term.slice(operation.length)) ?? []
    const end = operation.length + good.length
    if (end < term.length) fail("'=' and '\\' in a value need a '\\' before them", start + end)
  }
  return text
}

function opened(parameter: string, value: string, noun: string) {
  const text = trimmed(value)
  if (text === '') throw new InvalidInput(`${parameter} must not be empty.`)
  if (text.length > most)
    throw new InvalidInput(`${parameter} has ${text.length} characters. At most ${most} are allowed.`)
  if (hasControlCharacter(text))
    throw new InvalidInput(`${parameter} ${shownValue(text)} contains a control character.`)
  const fail = (problem: string, index: number): never => {
    throw new InvalidInput(`${parameter} ${shownValue(text)} is not a ${noun}: ${problem} at character ${index + 1}.`)
  }
  return { text, fail }
}

function readRequirement(cursor: Cursor): void {
  const negated = cursor.take('!')
  readKey(cursor)
  if (negated) return
  if (cursor.take('=') || cursor.take('==') || cursor.take('!=')) readValue(cursor)
  else if (cursor.take('<') || cursor.take('>')) readInteger(cursor)
  else if (cursor.take('in') || cursor.take('notin')) {
    if (!cursor.take('(')) cursor.fail("expected '('")
    do readValue(cursor)
    while (cursor.take(','))
    if (!cursor.take(')')) cursor.fail("expected ',' or ')'")
  }
}

function readKey(cursor: Cursor): void {
  const { word, index } = cursor.word()
  if (word === '') cursor.fail('expected a label key')
  const [last = '', prefix, ...rest] = word.split('/').toReversed()
  const good = rest.length === 0 && labelPart.test(last) && (prefix === undefined || isPrefix(prefix))
  if (!good) cursor.fail(`${shownValue(word)} is not a label key`, index)
}

function isPrefix(prefix: string): boolean {
  return prefix.length <= 253 && labelPrefix.test(prefix)
}

function readValue(cursor: Cursor): void {
  const { word, index } = cursor.word()
  if (word !== '' && !labelPart.test(word)) cursor.fail(`${shownValue(word)} is not a label value`, index)
}

function readInteger(cursor: Cursor): void {
  const { word, index } = cursor.word()
  if (!/^-?\d{1,18}$/.test(word)) cursor.fail('expected an integer', index)
}

/** The comma-separated terms of a field selector, where `\,` is no separator. */
function termsOf(text: string): { term: string; start: number }[] {
  const terms: { term: string; start: number }[] = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === ',') {
      terms.push({ term: text.slice(start, index), start })
      start = index + 1
    }
  }
  return [...terms, { term: text.slice(start), start }]
}

type Fail = (problem: string, index: number) => never

/** Reads the tokens of a selector from left to right and knows where it stands. */
class Cursor {
  readonly #text: string
  readonly #token: RegExp
  readonly #failAt: Fail
  #index = 0

  constructor(text: string, token: RegExp, failAt: Fail) {
    this.#text = text
    this.#token = token
    this.#failAt = failAt
  }

  atEnd(): boolean {
    return this.#peek() === ''
  }

  take(token: string): boolean {
    if (this.#peek() !== token) return false
    this.#index += token.length
    return true
  }

  /** The word that comes next, empty when a sign or the end does. */
  word(): { word: string; index: number } {
    const next = this.#peek()
    const word = /^[-A-Za-z0-9_./]/.test(next) ? next : ''
    const index = this.#index
    this.#index += word.length
    return { word, index }
  }

  fail(problem: string, index = this.#index): never {
    return this.#failAt(problem, index)
  }

  #peek(): string {
    while (this.#text[this.#index] === ' ') this.#index++
    if (this.#index >= this.#text.length) return ''
    const found = this.#token.exec(this.#text.slice(this.#index))
    return found?.[0] ?? this.fail(`unexpected ${shownValue(this.#text[this.#index])}`)
  }
}
