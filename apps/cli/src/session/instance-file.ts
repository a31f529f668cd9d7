import { randomBytes } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A Fairlead that `up` runs, as its state folder names it: what scripts and the other commands find it by. */
export type Instance = {
  pid: number
  /** The page, without a trailing slash. */
  url: string
  /** The engine itself, past the page. */
  api: string
  mcp: string
}

/** Written once all of it answers, and readable by its owner alone. Resolves to what removes it at the end. */
export async function writeInstance(folder: string, instance: Instance): Promise<() => Promise<void>> {
  const path = instancePath(folder)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600, flush: true })
  await rename(draft, path)
  return async () => {
    // With a database elsewhere two may share a folder: the mark of the other one stays.
    const there = await readInstance(folder)
    if (there?.pid === instance.pid) await rm(path, { force: true })
  }
}

/**
 * What the folder names, be it still there or not; undefined where it names nothing. A file of somebody else is not
 * read: it would lead a sign-in to wherever they like.
 */
export async function readInstance(folder: string): Promise<Instance | undefined> {
  try {
    await using file = await open(instancePath(folder))
    // Of what was opened: a name may lead elsewhere a moment later.
    const { uid } = await file.stat()
    if (process.getuid !== undefined && uid !== process.getuid()) return undefined
    const read: unknown = JSON.parse(await file.readFile('utf8'))
    return isInstance(read) ? read : undefined
  } catch {
    return undefined
  }
}

/** Whether the process that wrote the file still runs; another user's counts, a number that nobody has does not. */
export function isRunning({ pid }: Instance): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function instancePath(folder: string): string {
  return join(folder, 'instance.json')
}

function isInstance(read: unknown): read is Instance {
  if (typeof read !== 'object' || read === null) return false
  const { pid, url, api, mcp } = read as Record<string, unknown>
  return Number.isInteger(pid) && Number(pid) > 0 && [url, api, mcp].every((it) => typeof it === 'string')
}
