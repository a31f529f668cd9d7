import { type Part, recordIn, recordsIn } from '../parts.ts'
import { type Container, containersIn, type Pod } from '../pods.ts'
import { type KeySource, keySources, volumeSourcesOf } from './key-sources.ts'
import { mayRunVariable } from './mentions.ts'
import { directoriesOf, mountsOf, placesOf, plainPath } from './mount-places.ts'
import { isStartedFrom } from './script-names.ts'
import { runsShell, wordsOf } from './started-by.ts'
import { isStartupVariable } from './startup-variables.ts'

/** Tells whether what a key of a source says is run: `value` is its text as pods are given it. */
export type IsRun = (key: string, value: string) => boolean

/**
 * Tells of each key of a source whether pods run its value: a command says its name, the place where it is mounted or a
 * directory around it; it lies where programs are started from; it may be executed; a shell looks into its variable; or a
 * run time does so by itself.
 */
export function keysRun(pods: readonly Pod[], source: KeySource): IsRun {
  return anyUse(pods, (pod) => ({
    volumes: volumesOf(pod, source),
    variables: (container: Container, key: string) => variablesOf(container, source, key),
  }))
}

/** How a pod is given texts by their keys. */
export type Given = { volumes: readonly Volume[]; variables(container: Container, key: string): string[] }

/** The same of whatever gives pods texts. */
export function anyUse(pods: readonly Pod[], givenTo: (pod: Pod) => Given): IsRun {
  const uses = pods.flatMap((pod) => {
    const given = givenTo(pod)
    return containersIn(pod).map((container) => useOf(container, given))
  })
  return (key, value) => uses.some((isRun) => isRun(key, value))
}

/** A container with more of them hides something; what it is given counts as run. */
const MAX_PLACES = 20

function useOf(container: Container, { volumes, variables }: Given): IsRun {
  const isNamed = namedBy(wordsFor(container))
  const mounted = volumes.map((volume) => ({ volume, mounts: mountsOf(container, volume.name) }))
  const isRunFile = (key: string): boolean =>
    mounted.some(({ volume, mounts }) =>
      volume.filesOf(key).some(({ path, isExecutable }) => {
        if (isExecutable || isNamed.file(path)) return true
        const places = placesOf(path, mounts)
        return places.length > MAX_PLACES || places.some((place) => isStartedFrom(place) || isNamed.place(place))
      }),
    )
  return (key, value) =>
    isRunFile(key) ||
    variables(container, key).some((name) => isStartupVariable(name, value) || mayRunVariable(container, name))
}

/** All that a container is told; to a shell a path may come from a variable, or from where it begins. */
function wordsFor(container: Part): string[] {
  const { workingDir } = container.value
  const values = runsShell(container) ? recordsIn(container, 'env').map(({ value }) => value.value) : []
  return [...wordsOf(container), ...[workingDir, ...values].filter((each) => typeof each === 'string')]
}

/** Whether words name a file, or also a directory around it. */
function namedBy(words: readonly string[]) {
  const known = new Map<string, boolean>()
  const file = (path: string): boolean => words.some((word) => word.includes(path))
  const isDirectoryNamed = (directory: string): boolean => {
    const is = known.get(directory) ?? words.some((word) => namesDirectory(word, directory))
    known.set(directory, is)
    return is
  }
  return { file, place: (path: string): boolean => file(path) || directoriesOf(path).some(isDirectoryNamed) }
}

/** What is behind a directory where all in it is meant: nothing more of a path, or a pattern. */
const allOfIt = /^\/?(?:$|[^\w./-])/

function namesDirectory(word: string, directory: string): boolean {
  for (let from = word.indexOf(directory); from !== -1; from = word.indexOf(directory, from + 1)) {
    const end = from + directory.length
    if (allOfIt.test(word.slice(end, end + 2))) return true
  }
  return false
}

export type Volume = { name: unknown; filesOf(key: string): { path: string; isExecutable: boolean }[] }

/** The volumes of a pod that have files of the source: what a key is called there, and whether it may be executed. */
function volumesOf({ spec }: Pod, { kind, name: wanted }: KeySource): Volume[] {
  return recordsIn(spec, 'volumes').flatMap((volume) =>
    volumeSourcesOf(volume, kind)
      .filter(({ name }) => name === wanted)
      .map(({ part }): Volume => {
        const items = recordsIn(part, 'items')
        const mode = (part.value.defaultMode ?? recordIn(volume, 'projected')?.value.defaultMode) as unknown
        const filesOf = (key: string) => {
          if (items.length === 0) return [{ path: key, isExecutable: mayExecute(mode) }]
          const own = items.filter(({ value }) => value.key === key)
          return own.map(({ value }) => {
            return { path: plainPath(String(value.path)), isExecutable: mayExecute(value.mode ?? mode) }
          })
        }
        return { name: volume.value.name, filesOf }
      }),
  )
}

export function mayExecute(mode: unknown): boolean {
  return typeof mode === 'number' && (mode & 0o111) !== 0
}

function variablesOf(container: Container, { kind, name }: KeySource, key: string): string[] {
  const { variable, variables } = keySources[kind]
  const single = recordsIn(container, 'env').flatMap((each) => {
    const ref = recordIn(each, 'valueFrom', variable)
    return ref?.value.name === name && ref.value.key === key ? [String(each.value.name)] : []
  })
  const whole = recordsIn(container, 'envFrom').flatMap((each) => {
    const isOfIt = recordIn(each, variables)?.value.name === name
    return isOfIt ? [`${typeof each.value.prefix === 'string' ? each.value.prefix : ''}${key}`] : []
  })
  return [...single, ...whole]
}
