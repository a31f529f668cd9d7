import { commandLine } from './command-line.ts'
import type { Fact, FactRule, Read } from './fact.ts'
import { at, type Part, recordIn, recordsIn, stringsIn } from './parts.ts'
import { type Container, podsOf } from './pods.ts'

/** Images, and every text that a container would run: whole, however long. */
export const whatRuns: FactRule = (read) => {
  const { object } = read
  if (object.kind === 'PodExecOptions') return lineAt({ path: '', value: object }, 'command', { read, of: '' })
  return podsOf(object).flatMap(({ containers }) => containers.flatMap((container) => ofContainer(container, read)))
}

function ofContainer(container: Container, read: Read): Fact[] {
  const { value, path, of } = container
  const group = 'what runs'
  const image = at(path, 'image')
  return [
    ...(typeof value.image === 'string'
      ? [{ group, path: image, of, fact: `image ${read.quote(image)}` } as const]
      : []),
    ...lineAt(container, 'command', { read, of }),
    ...lineAt(container, 'args', { read, of }),
    ...probes.flatMap((keys) => ofProbe(container, keys, { read, of })),
    // Of what runs a text by itself, as workflows do.
    ...(typeof value.source === 'string'
      ? [{ group, path: at(path, 'source'), of, fact: `script ${read.quote(at(path, 'source'))}` } as const]
      : []),
    ...runningVariables(container).map((each): Fact => {
      const [name, text] = ['name', 'value'].map((key) => read.quote(at(each.path, key)))
      return { group, path: at(each.path, 'value'), of, fact: `script in variable ${name} ${text}` }
    }),
  ]
}

const probes = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
]

function ofProbe(container: Container, keys: readonly string[], around: { read: Read; of: string }): Fact[] {
  const exec = recordIn(container, ...keys, 'exec')
  if (exec === undefined) return []
  return lineAt(exec, 'command', around, `script of ${keys.at(-1)}`)
}

function lineAt(part: Part, key: string, { read, of }: { read: Read; of: string }, word = key): Fact[] {
  const words = part.value[key]
  if (!Array.isArray(words) || words.length === 0) return []
  const path = at(part.path, key)
  const line = commandLine(words.map((_, index) => read.quote(`${path}/${index}`)))
  return [{ group: 'what runs', path, of, fact: `${word} ${line}` }]
}

/** All words that a container is started with, and those of its probes and hooks. */
export function wordsOf(container: Part): string[] {
  const execs = probes.flatMap((keys) => recordIn(container, ...keys, 'exec') ?? [])
  return [container, ...execs].flatMap(({ value }) => [...stringsIn(value.command), ...stringsIn(value.args)])
}

const shells = /(^|\/)(sh|bash|ash|dash|zsh|ksh|busybox)$/

/** Whether a container, one of its probes or of its hooks is started by a shell. */
export function runsShell(container: Part): boolean {
  return wordsOf(container).some((word) => shells.test(word))
}

/** Names of variables that a shell of the container is told to look into. */
export function isNamedByShell(container: Part, variable: string): boolean {
  return runsShell(container) && wordsOf(container).some((word) => namesVariable(word, variable))
}

function namesVariable(word: string, variable: string): boolean {
  for (let from = word.indexOf(variable); from !== -1; from = word.indexOf(variable, from + 1)) {
    const isWhole = !/[A-Za-z0-9_]/.test(word[from + variable.length] ?? '')
    if (isWhole && /\$[({]?[!#]?$/.test(word.slice(Math.max(0, from - 3), from))) return true
  }
  return false
}

/** What a shell does something with, unlike a number or a plain word. */
const looksRunnable = /[\s;|&$`<>(]/

function runningVariables(container: Container): Part[] {
  return recordsIn(container, 'env').filter(({ value: { name, value } }) => {
    if (typeof name !== 'string' || name === '' || typeof value !== 'string') return false
    return looksRunnable.test(value) && isNamedByShell(container, name)
  })
}
