import { type Part, recordIn, recordsIn, stringsIn } from '../parts.ts'

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

/** One list of words for each thing that is started. It is asked for with each source of what the pod is given. */
function linesOf(container: Part): readonly string[][] {
  const known = linesByContainer.get(container.value)
  if (known !== undefined) return known
  const [own = [], ...others] = writtenLinesOf(container)
  const variables = variablesOf(container)
  // The words of probes and hooks are handed on as they are.
  const lines = [own.map((word) => expanded(word, variables)), ...others]
  linesByContainer.set(container.value, lines)
  return lines
}

const linesByContainer = new WeakMap<object, readonly string[][]>()

/** The same as they are written. */
export function writtenLinesOf(container: Part): string[][] {
  const execs = probes.flatMap((keys) => recordIn(container, ...keys, 'exec') ?? [])
  return [container, ...execs].map(({ value }) => [...stringsIn(value.command), ...stringsIn(value.args)])
}

/** Each with the values of those before it, as Kubernetes does it. */
function variablesOf(container: Part): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  let remaining = MAX_IN_ALL
  for (const { name, value } of literalsOf(container)) {
    const whole = expanded(value, known)
    remaining -= whole.length
    known.set(name, remaining < 0 ? value : whole)
  }
  return known
}

/** The variables whose values stand in the container itself. */
export function literalsOf(container: Part): { name: string; value: string }[] {
  return recordsIn(container, 'env').flatMap(({ value: { name, value } }) =>
    typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [],
  )
}

/** A text that grows beyond this is no name of a program. */
const MAX_EXPANDED = 64 * 1024
/** Of all variables of a container. */
const MAX_IN_ALL = 64 * MAX_EXPANDED

/** With the value of each `$(NAME)` in its place; `$$(NAME)` and names that are not known stay. */
function expanded(text: string, variables: ReadonlyMap<string, string>): string {
  let remaining = MAX_EXPANDED
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (whole, name: string | undefined) => {
    const value = name === undefined ? undefined : variables.get(name)
    if (value === undefined || value.length > remaining) return whole
    remaining -= value.length
    return value
  })
}

const shells = /(^|\/)(sh|bash|ash|dash|zsh|ksh|busybox)$/
const languages = /(^|\/)(?:python|perl|ruby|node|nodejs|deno|bun|php|lua|tclsh|expect)[\d.]*$/
// Short options take the code behind them in the same word, too.
const inline = /^(?:-[A-Za-z]*[ceErp]|--(?:eval|print)(?:=|$)|eval$)/
const awk = /(^|\/)[gmn]?awk$/

type Answers = WeakMap<object, boolean>
const [shellRuns, codeRuns]: [Answers, Answers] = [new WeakMap(), new WeakMap()]

/** They are asked for of each variable, of which there may be thousands. */
function once(known: Answers, { value }: Part, answer: () => boolean): boolean {
  const found = known.get(value) ?? answer()
  known.set(value, found)
  return found
}

/** Whether a container, one of its probes or of its hooks is started by a shell. */
export function runsShell(container: Part): boolean {
  return once(shellRuns, container, () => isOfShell(container))
}

function isOfShell(container: Part): boolean {
  return linesOf(container).some((line) => line.some((word) => shells.test(word)) || isNamedElsewhere(line[0]))
}

/** A program whose name comes from elsewhere may be any, a shell too. */
function isNamedElsewhere(program = ''): boolean {
  return program.startsWith('$(')
}

/** Whether code stands in the words themselves: it takes any variable by its bare name. */
export function runsCode(container: Part): boolean {
  return once(codeRuns, container, () => isOfCode(container))
}

function isOfCode(container: Part): boolean {
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
