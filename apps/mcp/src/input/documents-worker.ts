import { parentPort, workerData } from 'node:worker_threads'
import { parseDocuments } from './documents.ts'
import { InvalidInput } from './invalid-input.ts'
import type { ReadAnswer, ReadTask } from './read-documents.ts'

function answerTo({ parameter, source }: ReadTask): ReadAnswer {
  try {
    return { documents: parseDocuments(parameter, source) }
  } catch (error) {
    if (error instanceof InvalidInput) return { refusal: error.message }
    throw error
  }
}

parentPort?.postMessage(answerTo(workerData))
