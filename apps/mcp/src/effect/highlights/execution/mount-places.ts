import { posix } from 'node:path'
import { type Part, recordsIn } from '../parts.ts'

/** Where a container has the files of a volume: a directory around it by what of the volume stands there. */
export type Mounts = ReadonlyMap<string, readonly string[]>

/** Longer than any that a node can mount. */
const LONGEST_PATH = 4096

/** `''` leads to where the whole volume is, `a` to where its file or directory `a` is. */
export function mountsOf(container: Part, volume: unknown): Mounts {
  const mounts = new Map<string, string[]>()
  for (const { value } of recordsIn(container, 'volumeMounts')) {
    const { name, mountPath, subPath, subPathExpr } = value
    if (name !== volume || typeof mountPath !== 'string' || mountPath.length > LONGEST_PATH) continue
    const place = plainPath(posix.join('/', mountPath))
    // Which part it is comes of variables of the node, too: it may be any.
    const sub = typeof subPathExpr === 'string' && subPathExpr !== '' ? anyPart : plainPath(String(subPath ?? ''))
    mounts.set(sub, [...(mounts.get(sub) ?? []), place])
  }
  return mounts
}

const anyPart = '*'

/** All paths that a file of the volume has in the container. */
export function placesOf(file: string, mounts: Mounts): string[] {
  const from = (sub: string, rest: string) => (mounts.get(sub) ?? []).map((place) => plainPath(`${place}/${rest}`))
  const around = directoriesOf(file).flatMap((directory) => from(directory, file.slice(directory.length + 1)))
  return [...from('', file), ...from(file, ''), ...around, ...from(anyPart, file), ...from(anyPart, '')]
}

/** Enough for all that a command may walk through to a file. */
const MAX_DIRECTORIES = 8

/** The directories around a path, the nearest first. The root is none of them: nearly every word names it. */
export function directoriesOf(path: string): string[] {
  const found: string[] = []
  let end = path.lastIndexOf('/')
  while (end > 0 && found.length < MAX_DIRECTORIES) {
    found.push(path.slice(0, end))
    end = path.lastIndexOf('/', end - 1)
  }
  return found
}

/** `a/b` of `./a//b/`, and nothing of `.`. */
export function plainPath(path: string): string {
  const plain = posix.normalize(path).replace(/\/$/, '')
  return plain === '.' ? '' : plain
}
