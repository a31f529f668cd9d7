import type { Fact, FactRule, Read } from '../fact.ts'
import { at, type Part, recordIn, recordsIn } from '../parts.ts'
import { type Container, podsOf } from '../pods.ts'
import { commandLine } from './command-line.ts'
import { mayRunVariable, namesProgram } from './mentions.ts'
import { probes } from './started-by.ts'
import { isStartupVariable } from './startup-variables.ts'

/** Images, and every text that a container would run: whole, however long. */
export const whatRuns: FactRule = (read) => {
  const { object } = read
  if (object.kind === 'PodExecOptions') return lineAt({ path: '', value: object }, 'command', { read, of: '' })
  return podsOf(object).flatMap(({ spec, containers }) => [
    ...containers.flatMap((container) => ofContainer(container, read)),
    ...imageVolumes(spec, read),
  ])
}

/** Files of an image, without a container of it. */
function imageVolumes(spec: Part, { quote }: Read): Fact[] {
  return recordsIn(spec, 'volumes').flatMap((volume): Fact[] => {
    const image = recordIn(volume, 'image')
    if (image === undefined) return []
    const path = at(image.path, 'reference')
    return [{ group: 'what runs', path, of: spec.path, fact: `image volume ${quote(path)}` }]
  })
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
    ...recordsIn(container, 'env').flatMap((each) => ofVariable(each, container, read)),
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
const shellMarks = /[\s;|&$`<>(]/

function ofVariable(variable: Part, container: Container, { quote }: Read): Fact[] {
  const { name, value } = variable.value
  if (typeof name !== 'string') return []
  const fact = (key: string, word: string): Fact[] => {
    const path = at(variable.path, key)
    return [
      {
        group: 'what runs',
        path,
        of: container.of,
        fact: `${word} ${quote(at(variable.path, 'name'))} ${quote(path)}`,
      },
    ]
  }
  if (typeof value !== 'string') return isStartupVariable(name) ? fact('valueFrom', 'variable') : []
  if (shellMarks.test(value) && mayRunVariable(container, name)) return fact('value', 'script in variable')
  if (namesProgram(container, name)) return fact('value', 'program in variable')
  return isStartupVariable(name, value) ? fact('value', 'variable') : []
}
