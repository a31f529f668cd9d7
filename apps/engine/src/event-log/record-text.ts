import type { Db } from '../db/database.ts'
import { runText } from './record/message.table.ts'
import { runEvents } from './record/run-event.table.ts'

/** What a run has shown and the record does not have yet. */
export type ShownText = {
  text: (typeof runText.$inferInsert)[]
  events: (typeof runEvents.$inferInsert)[]
}

/** The run that it is written for, as this engine holds it. */
export type TextOwner = { run_id: string; epoch: number }

/** Resolves once it is durable. Rejects when it is not, or the run is another engine's: then nothing was written for it. */
export type RecordText = (run: TextOwner, shown: ShownText) => Promise<void>

type Ports = {
  db: Db
  /** The fence: which of these runs this engine still holds, until the transaction ends. */
  heldAmong(tx: Db, runs: readonly TextOwner[]): Promise<readonly TextOwner[]>
}

type Write = { run: TextOwner; shown: ShownText; resolve(): void; reject(error: unknown): void }

const MAX_WRITES = 200

/**
 * Group commit: what is to be written while a transaction is under way goes into the next one, together. Two hundred
 * streams cost the database as many transactions as it can take, instead of a hundred a second that wait for each other.
 */
export function createTextRecorder(ports: Ports): RecordText {
  const waiting: Write[] = []
  let isWriting = false

  const writeWaiting = async (): Promise<void> => {
    isWriting = true
    while (waiting.length > 0) await settle(waiting.splice(0, MAX_WRITES))
    isWriting = false
  }
  const settle = async (writes: readonly Write[]): Promise<void> => {
    try {
      const held = await writeTogether(ports, writes)
      for (const { run, resolve, reject } of writes) {
        if (held.has(run)) resolve()
        else reject(new Error(`Run ${run.run_id} is held by another engine`))
      }
    } catch (error) {
      if (writes.length === 1) for (const { reject } of writes) reject(error)
      // What is wrong with one of them must not fall on the others.
      else for (const write of writes) await settle([write])
    }
  }
  return (run, shown) =>
    new Promise((resolve, reject) => {
      waiting.push({ run, shown, resolve, reject })
      if (!isWriting) void writeWaiting()
    })
}

async function writeTogether({ db, heldAmong }: Ports, writes: readonly Write[]): Promise<ReadonlySet<TextOwner>> {
  return await db.transaction(async (tx) => {
    const runs = writes.map(({ run }) => run)
    const held = new Set(await heldAmong(tx, runs))
    const own = writes.filter(({ run }) => held.has(run))
    const [text, events] = [own.flatMap(({ shown }) => shown.text), own.flatMap(({ shown }) => shown.events)]
    if (text.length > 0) await tx.insert(runText).values(text)
    if (events.length > 0) await tx.insert(runEvents).values(events)
    return held
  })
}
