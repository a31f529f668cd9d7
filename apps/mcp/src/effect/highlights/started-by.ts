import { type Part, recordIn, recordsIn, stringsIn } from './parts.ts'

/** Under these keys stand commands beside the one that a container is started with. */
export const probes = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
]

/** All words that a container is started with, and those of its probes and hooks, as Kubernetes hands them on. */
export function wordsOf(container: Part): string[] {
  return linesOf(container).flat()
}

/** One list of words for each thing that is started. */
function linesOf(container: Part): string[][] {
  const [own = [], ...others] = writtenLinesOf(container)
  const variables = variablesOf(container)
  // The words of probes and hooks are handed on as they are.
  return [own.map((word) => expanded(word, variables)), ...others]
}

function writtenLinesOf(container: Part): string[][] {
  const execs = probes.flatMap((keys) => recordIn(container, ...keys, 'exec') ?? [])
  return [container, ...execs].map(({ value }) => [...stringsIn(value.command), ...stringsIn(value.args)])
}

/** Each with the values of those before it, as Kubernetes does it. */
function variablesOf(container: Part): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const { name, value } of literalsOf(container)) known.set(name, expanded(value, known))
  return known
}

function literalsOf(container: Part): { name: string; value: string }[] {
  return recordsIn(container, 'env').flatMap(({ value: { name, value } }) =>
    typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [],
  )
}

/** A text that grows beyond this is no name of a program. */
const MOST_EXPANDED = 64 * 1024

/** With the value of each `$(NAME)` in its place; `$$(NAME)` and names that are not known stay. */
function expanded(text: string, variables: ReadonlyMap<string, string>): string {
  let room = MOST_EXPANDED
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (whole, name: string | undefined) => {
    const value = name === undefined ? undefined : variables.get(name)
    if (value === undefined || value.length > room) return whole
    room -= value.length
    return value
  })
}

const shells = /(^|\/)(sh|bash|ash|dash|zsh|ksh|busybox)$/
const languages = /(^|\/)(?:python|perl|ruby|node|nodejs|deno|bun|php|lua|tclsh|expect)[\d.]*$/
// Short options take the code behind them in the same word, too.
const inline = /^(?:-[A-Za-z]*[ceErp]|--(?:eval|print)(?:=|$)|eval$)/
const awk = /(^|\/)[gmn]?awk$/

/** Whether a container, one of its probes or of its hooks is started by a shell. */
export function runsShell(container: Part): boolean {
  return linesOf(container).some((line) => line.some((word) => shells.test(word)) || isNamedElsewhere(line[0]))
}

/** A program whose name comes from elsewhere may be any, a shell too. */
function isNamedElsewhere(program = ''): boolean {
  return program.startsWith('$(')
}

/** Whether code stands in the words themselves: it takes any variable by its bare name. */
function runsCode(container: Part): boolean {
  return linesOf(container).some((line) => {
    if (line.some((word) => awk.test(word))) return true
    const language = line.findIndex((word) => languages.test(word))
    return language !== -1 && line.slice(language).some((word) => inline.test(word))
  })
}

/** Whether what starts a container makes code of texts: it may run any of its variables, named or not. */
export function interprets(container: Part): boolean {
  return runsShell(container) || runsCode(container)
}

/** Whether the words say the name of a variable in a way in which its value may be run, by themselves or by another variable. */
export function mayRunVariable(container: Part, variable: string): boolean {
  const [isOfShell, isOfCode] = [runsShell(container), runsCode(container)]
  return mentionsOf(container, variable).some(
    ({ isExpanded, isFirst }) => isOfCode || (isOfShell && isExpanded) || (isExpanded && isFirst),
  )
}

/** Whether the words say the name of a variable, however they do, by themselves or by another variable. */
export function isMentioned(container: Part, variable: string): boolean {
  return mentionsOf(container, variable).length > 0
}

type Mention = {
  isExpanded: boolean
  /** Nothing but variables, which may be empty, stands before it in the word: it may be the name of a program. */
  isFirst: boolean
}

function mentionsOf(container: Part, variable: string): Mention[] {
  const words = writtenLinesOf(container).flat()
  const others = literalsOf(container)
  const names = new Set(variable === '' ? [] : [variable])
  // What is added on the way is looked at, too.
  for (const name of names) {
    for (const other of others) if (other.value.includes(`$(${name})`)) names.add(other.name)
  }
  return [...names].flatMap((name) => words.flatMap((word) => mentionsIn(word, name)))
}

function mentionsIn(word: string, name: string): Mention[] {
  const found: Mention[] = []
  for (let from = word.indexOf(name); from !== -1; from = word.indexOf(name, from + 1)) {
    const before = word.slice(Math.max(0, from - 3), from)
    if (/[A-Za-z0-9_]/.test(word[from + name.length] ?? '') || /[A-Za-z0-9_]$/.test(before)) continue
    found.push({
      isExpanded: /\$[({]?[!#]?$/.test(before),
      isFirst: /^(?:\$\([^()]*\))*\$\($/.test(word.slice(0, from)),
    })
  }
  return found
}
