import { commandLine } from './command-line.ts'
import type { Fact, FactRule, Read } from './fact.ts'
import { at, type Part, recordIn, recordsIn } from './parts.ts'
import { type Container, podsOf } from './pods.ts'
import { mayRunVariable, probes } from './started-by.ts'

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

/** What a shell does something with, unlike a number or a plain word. */
const looksRunnable = /[\s;|&$`<>(]/

function runningVariables(container: Container): Part[] {
  return recordsIn(container, 'env').filter(({ value: { name, value } }) => {
    if (typeof name !== 'string' || name === '' || typeof value !== 'string') return false
    return looksRunnable.test(value) && mayRunVariable(container, name)
  })
}
