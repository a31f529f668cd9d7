import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ParsedDocument, parseDocuments } from './documents.ts'
import { InvalidInput } from './invalid-input.ts'

/** What the worker is given, and what it answers; a fault of its own ends it. */
export type ReadTask = { parameter: string; source: string }
export type ReadAnswer = { documents: ParsedDocument[] } | { refusal: string }

/** Read on the spot within some milliseconds. */
const SHORT_CHARS = 16 * 1024
const MOST_MS = 20_000

let last: Promise<unknown> = Promise.resolve()

/**
 * As `parseDocuments`. A long text takes seconds when it is made to, in which nobody else would be answered: it is read in
 * a thread of its own, one text after another, and no longer than 20 s.
 */
export function readDocuments(parameter: string, source: string): Promise<ParsedDocument[]> {
  if (source.length <= SHORT_CHARS) return Promise.try(parseDocuments, parameter, source)
  const read = last.then(() => readApart({ parameter, source }))
  last = read.catch(() => undefined)
  return read
}

/** The same where exactly one document is meant. */
export async function readDocument(parameter: string, source: string): Promise<unknown> {
  const documents = await readDocuments(parameter, source)
  const [only] = documents
  if (only === undefined || documents.length > 1)
    throw new InvalidInput(`${parameter} must be one document, got ${documents.length}.`)
  return only.value
}

async function readApart(task: ReadTask): Promise<ParsedDocument[]> {
  // The worker has this file's ending: .ts as it is, .js once bundled.
  const worker = new Worker(new URL(`./documents-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: task,
  })
  try {
    const [answer] = (await once(worker, 'message', { signal: AbortSignal.timeout(MOST_MS) })) as [ReadAnswer]
    if ('documents' in answer) return answer.documents
    throw new InvalidInput(answer.refusal)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
    throw new InvalidInput(`${task.parameter} takes too long to read. Make it shorter, or several calls of it.`)
  } finally {
    await worker.terminate()
  }
}
