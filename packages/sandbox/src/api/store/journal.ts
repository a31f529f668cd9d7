import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../values/json.ts'
import type { Change } from './store.ts'

/** A log of more lines is written again, with what is left alone. */
const LONGEST = 20_000

export type Journal = {
  revision: number
  /** What was there when it was opened. */
  changes: readonly Change[]
  append(change: Change): void
  /** Writes everything into a new file when the present one has grown too long, or is broken. */
  compact(all: Iterable<Change>, revision: number): void
  close(): void
}

/**
 * The objects in a folder: one file `state-N.jsonl` with a line a change. A change is handed to the system before it is
 * answered, so it survives the end of the process at any moment; a line that was cut in the middle is not read. A new
 * file is written aside and takes its place whole.
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = readdirSync(folder)
  for (const file of files.filter((each) => each.endsWith('.part'))) rmSync(join(folder, file))
  const numbers = files.flatMap((file) => /^state-(\d+)\.jsonl$/.exec(file)?.[1] ?? []).map(Number)
  let number = Math.max(0, ...numbers)
  for (const old of numbers.filter((each) => each !== number)) rmSync(pathOf(folder, old))
  const { changes, isWhole } = numbers.length === 0 ? { changes: [], isWhole: true } : read(pathOf(folder, number))
  let lines = isWhole ? changes.length : LONGEST
  let file = openSync(pathOf(folder, number), 'a', 0o600)
  return {
    revision: changes.reduce((most, { revision }) => Math.max(most, revision), 0),
    changes,
    append(change) {
      writeSync(file, `${JSON.stringify(change)}\n`)
      lines++
    },
    compact(all, revision) {
      if (lines < LONGEST) return
      const part = `${pathOf(folder, number + 1)}.part`
      const next = openSync(part, 'w', 0o600)
      const kept = [...all, { resource: '', namespace: '', name: '', object: undefined, revision }]
      for (const change of kept) writeSync(next, `${JSON.stringify(change)}\n`)
      fsyncSync(next)
      renameSync(part, pathOf(folder, number + 1))
      closeSync(file)
      rmSync(pathOf(folder, number))
      file = next
      number++
      lines = kept.length / 2 // what stands in it for good does not make it long
    },
    close: () => closeSync(file),
  }
}

/** Keeps nothing. */
export function forgetfulJournal(): Journal {
  return { revision: 0, changes: [], append: () => undefined, compact: () => undefined, close: () => undefined }
}

function pathOf(folder: string, number: number): string {
  return join(folder, `state-${number}.jsonl`)
}

function read(path: string): { changes: Change[]; isWhole: boolean } {
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  const isWhole = lines.pop() === ''
  const changes = lines.flatMap((line) => {
    const change: unknown = JSON.parse(line)
    return isObject(change) ? [change as Change] : []
  })
  return { changes, isWhole }
}
