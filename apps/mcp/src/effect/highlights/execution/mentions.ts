import type { Part } from '../parts.ts'
import { literalsOf, runsCode, runsShell, writtenLinesOf } from './started-by.ts'

/** What the words that start a container say of a variable, by its name or by that of another that has its value. */
type Said = {
  isMentioned: boolean
  /** In a way in which its value may be run. */
  mayRun: boolean
  /** Where the name of a program stands: of the command, or of a shell. */
  isProgram: boolean
}

/** Whether the words say the name of a variable, however they do. */
export function isMentioned(container: Part, variable: string): boolean {
  return saidIn(container)(variable).isMentioned
}

/** Whether the words say the name of a variable in a way in which its value may be run. */
export function mayRunVariable(container: Part, variable: string): boolean {
  return saidIn(container)(variable).mayRun
}

/** Whether the value of a variable is what is started. */
export function namesProgram(container: Part, variable: string): boolean {
  return saidIn(container)(variable).isProgram
}

/** Asked for each of thousands of variables: what is the same for all is found out once. */
function saidIn(container: Part): (variable: string) => Said {
  const known = saidByContainer.get(container.value)
  if (known !== undefined) return known
  const said = resolve(container)
  saidByContainer.set(container.value, said)
  return said
}

const saidByContainer = new WeakMap<object, (variable: string) => Said>()

const nothing: Said = { isMentioned: false, mayRun: false, isProgram: false }

function resolve(container: Part): (variable: string) => Said {
  const [isOfShell, isOfCode] = [runsShell(container), runsCode(container)]
  const lines = writtenLinesOf(container)
  const firsts = new Set(lines.map(([first]) => first))
  const placesOf = placesIn(lines.flat())
  const own = (variable: string): Said =>
    placesOf(variable).reduce((said, place) => {
      const { isExpanded, isFirst, isCommand } = mentionAt(place)
      return joined(said, {
        isMentioned: true,
        mayRun: isOfCode || (isExpanded && (isOfShell || isFirst)),
        isProgram: isExpanded && ((isFirst && firsts.has(place.word)) || (isOfShell && isCommand)),
      })
    }, nothing)
  const byOthers = saidByOthers(literalsOf(container), own)
  return (variable) => joined(own(variable), byOthers.get(variable) ?? nothing)
}

/** What is said of a variable is said of all whose values it has in it, and so on. */
function saidByOthers(
  literals: readonly { name: string; value: string }[],
  own: (variable: string) => Said,
): ReadonlyMap<string, Said> {
  const found = new Map<string, Said>()
  const namedIn = new Map<string, string[]>()
  for (const { name, value } of literals) namedIn.set(name, [...(namedIn.get(name) ?? []), ...referencesIn(value)])
  const left = [...namedIn.keys()].map((name) => ({ name, said: own(name) }))
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const name of namedIn.get(next.name) ?? []) {
      const before = found.get(name) ?? nothing
      const said = joined(before, next.said)
      if (isSame(said, before)) continue
      found.set(name, said)
      left.push({ name, said })
    }
  }
  return found
}

/** What stands in `$(…)`: where one stands in another, the outer and the inner. */
function referencesIn(value: string): string[] {
  const names: string[] = []
  let begin = 0
  for (let end = value.indexOf(')'); end !== -1; end = value.indexOf(')', begin)) {
    const part = value.slice(begin, end)
    const [outer, inner] = [part.indexOf('$('), part.lastIndexOf('$(')]
    if (outer !== -1) names.push(part.slice(inner + 2))
    if (outer !== inner) names.push(part.slice(outer + 2))
    begin = end + 1
  }
  return names
}

function joined(left: Said, right: Said): Said {
  return {
    isMentioned: left.isMentioned || right.isMentioned,
    mayRun: left.mayRun || right.mayRun,
    isProgram: left.isProgram || right.isProgram,
  }
}

function isSame(left: Said, right: Said): boolean {
  return left.isMentioned === right.isMentioned && left.mayRun === right.mayRun && left.isProgram === right.isProgram
}

/** `lead`: how far nothing but variables stands in the word, all of which may be empty. */
type Place = { word: string; from: number; lead: number }

/** Where a name stands in words, and is not part of another. */
function placesIn(words: readonly string[]): (name: string) => readonly Place[] {
  const places = new Map<string, Place[]>()
  for (const word of new Set(words)) {
    const lead = leadOf(word)
    for (const { 0: name, index: from } of word.matchAll(/[A-Za-z0-9_]+/g)) {
      const known = places.get(name)
      if (known === undefined) places.set(name, [{ word, from, lead }])
      else known.push({ word, from, lead })
    }
  }
  return (name) =>
    /^[A-Za-z0-9_]*$/.test(name) ? (places.get(name) ?? []) : words.flatMap((word) => placesOf(word, name))
}

function leadOf(word: string): number {
  return /^(?:\$\([^()]*\))*/.exec(word)?.[0].length ?? 0
}

/** Of a name with other characters in it, which only few have. */
function placesOf(word: string, name: string): Place[] {
  const found: Place[] = []
  const lead = leadOf(word)
  for (let from = word.indexOf(name); from !== -1; from = word.indexOf(name, from + 1)) {
    const isPart = /[A-Za-z0-9_]/.test(word[from + name.length] ?? '') || /[A-Za-z0-9_]/.test(word[from - 1] ?? '')
    if (!isPart) found.push({ word, from, lead })
  }
  return found
}

/** The beginning, what stands between commands, and words that take a command; then the variable itself. */
const commandPlace =
  /(?:^|[\n;&|({!`]|(?:^|\s)(?:\.|exec|eval|source|command|nohup|sudo|env|time|then|do|else|if|while|until)\s)\s?["']?\$[({]?$/

/** How far back of a variable is looked for what makes it a command: longer than any that does, so that no cut begins one. */
const MAX_BEFORE = 40

type Mention = {
  isExpanded: boolean
  /** Nothing that stays stands before it in the word: it may be the name of a program. */
  isFirst: boolean
  /** A shell takes what stands there for the name of a program, of a file that it reads, or for a command. */
  isCommand: boolean
}

function mentionAt({ word, from, lead }: Place): Mention {
  return {
    isExpanded: /\$[({]?[!#]?$/.test(word.slice(Math.max(0, from - 3), from)),
    isFirst: from - 2 <= lead && word.startsWith('$(', from - 2),
    isCommand: commandPlace.test(shortBefore(word, from)),
  }
}

/** What makes it a command is near, but for white space: however much of it counts as one. */
function shortBefore(word: string, from: number): string {
  const [sign = ''] = /["']?\$[({]?$/.exec(word.slice(Math.max(0, from - 3), from)) ?? []
  const before = word.slice(0, from - sign.length)
  const text = before.trimEnd()
  const gap = before.slice(text.length)
  return `${text.slice(-MAX_BEFORE)}${gap.includes('\n') ? '\n' : gap.slice(0, 1)}${sign}`
}
