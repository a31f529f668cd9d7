import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 100

/**
 * Does the work while no other process of this machine does. The file names its holder; one whose holder has gone is
 * nobody's. Rejects when `signal` is aborted while it waits.
 */
export async function withFileLock(
  file: string,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const own = `${file}.${randomUUID()}`
  await writeFile(own, String(process.pid))
  try {
    while (!(await tryLock(file, own))) {
      if (!(await takeAwayAbandoned(file))) await sleep(pollMs, undefined, { signal })
    }
  } finally {
    await rm(own, { force: true })
  }
  try {
    await work()
  } finally {
    await rm(file, { force: true })
  }
}

/** A link appears with its content, so nobody reads a lock without a holder. */
async function tryLock(file: string, own: string): Promise<boolean> {
  try {
    await link(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function takeAwayAbandoned(file: string): Promise<boolean> {
  const holder = await readFile(file, 'utf8').catch(() => undefined)
  if (holder === undefined || isAlive(Number(holder))) return false
  const moved = `${file}.${randomUUID()}`
  await rename(file, moved).catch(() => {})
  // Between reading and moving somebody else may have cleared it away and taken the lock: that one is given back.
  const isOfAnother = (await readFile(moved, 'utf8').catch(() => holder)) !== holder
  if (isOfAnother) await link(moved, file).catch(() => {})
  await rm(moved, { force: true })
  return !isOfAnother
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
