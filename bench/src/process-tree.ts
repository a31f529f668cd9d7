import { readdir, readFile } from 'node:fs/promises'

/** What a process and all that it started use together. */
export type TreeUsage = {
  /** Memory, what several share counted once. */
  bytes: number
  /** The most that each process has held, added up; what they share is counted several times. */
  highestBytes: number
  /** With that of the processes that have ended. */
  cpuMs: number
}

/** Clock ticks of /proc are of 10 ms on every Linux that Node runs on. */
const TICK_MS = 10

/** Reads /proc, which Linux alone has: rejects elsewhere. */
export async function usageOfTree(pid: number): Promise<TreeUsage> {
  const read = await Promise.all((await treeOf(pid)).map((each) => usageOf(each).catch(undefinedWhenGone)))
  const of = read.filter((usage) => usage !== undefined)
  return {
    bytes: sum(of.map(({ bytes }) => bytes)),
    highestBytes: sum(of.map(({ highestBytes }) => highestBytes)),
    cpuMs: sum(of.map(({ cpuMs }) => cpuMs)),
  }
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')))
  const children = lists.join(' ').split(' ').filter(Boolean).map(Number)
  const below = await Promise.all(children.map((child) => treeOf(child).catch(undefinedWhenGone)))
  return [pid, ...below.flatMap((pids) => pids ?? [])]
}

/** A child may end while it is read: a worker of Postgres lives for seconds. What it used counts as its parent's then. */
function undefinedWhenGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error
}

async function usageOf(pid: number): Promise<TreeUsage> {
  const [map, status, stat] = await Promise.all(
    ['smaps_rollup', 'status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  )
  // Behind the command's name, which may hold anything: from the third field on.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ')
  return {
    bytes: kilobytes(map, 'Pss') * 1024,
    highestBytes: kilobytes(status, 'VmHWM') * 1024,
    // Own user and system time, then those of children that have ended.
    cpuMs: fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) * TICK_MS,
  }
}

function kilobytes(text = '', name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN)
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
