import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { timeLimit } from '../tool/time-limit.ts'
import { type ParsedDocument, parseDocuments } from './documents.ts'
import { InvalidInput } from './invalid-input.ts'

/** What the worker is given, and what it answers; a fault of its own ends it. */
export type ReadTask = { parameter: string; source: string }
export type ReadAnswer = { documents: ParsedDocument[] } | { refusal: string }

/** Whose text it is: what ends the call, and when one more of its long texts may be read. */
export type Reader = { signal: AbortSignal; readingTurn(): Promise<() => void> }

/** Read on the spot within some milliseconds. */
const SHORT_CHARS = 16 * 1024
const MAX_MS = 20_000

/**
 * As `parseDocuments`. A long text takes seconds when it is made to, in which nobody else would be answered: it is read in
 * a thread of its own, when it is its turn, and no longer than 20 s.
 */
export async function readDocuments(parameter: string, source: string, reader: Reader): Promise<ParsedDocument[]> {
  if (source.length <= SHORT_CHARS) return parseDocuments(parameter, source)
  const end = await reader.readingTurn()
  try {
    return await readApart({ parameter, source }, reader.signal)
  } finally {
    end()
  }
}

/** The same where exactly one document is meant. */
export async function readDocument(parameter: string, source: string, reader: Reader): Promise<unknown> {
  const documents = await readDocuments(parameter, source, reader)
  const [only] = documents
  if (only === undefined || documents.length > 1)
    throw new InvalidInput(`${parameter} must be one document, got ${documents.length}.`)
  return only.value
}

async function readApart(task: ReadTask, ending: AbortSignal): Promise<ParsedDocument[]> {
  using limit = timeLimit(MAX_MS, [ending])
  // The worker has this file's ending: .ts as it is, .js once bundled.
  const worker = new Worker(new URL(`./documents-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: task,
  })
  try {
    const [answer] = (await once(worker, 'message', { signal: limit.signal })) as [ReadAnswer]
    if ('documents' in answer) return answer.documents
    throw new InvalidInput(answer.refusal)
  } catch (error) {
    if (!limit.signal.aborted || ending.aborted) throw error
    throw new InvalidInput(`${task.parameter} takes too long to read. Make it shorter, or several calls of it.`)
  } finally {
    await worker.terminate()
  }
}
