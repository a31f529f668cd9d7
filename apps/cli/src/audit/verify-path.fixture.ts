import { PassThrough } from 'node:stream'
import { createTerminal } from '../terminal/terminal.ts'
import { type VerifyFileOptions, verifyFile } from './verify-file.ts'

type Said = {
  ok: boolean
  detail: string
  fault?: { of: string; seq: number; problem: string } | null
  signed?: number
}

/** What the command says of a file, or of what comes in where the path is `-`. */
export async function verifyPath(path: string, options: VerifyFileOptions = {}, input = '') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(input)
  const terminal = createTerminal({ stdin, stdout, stderr } as unknown as Parameters<typeof createTerminal>[0], {})
  const code = await verifyFile(path, { json: true, ...options }, terminal)
  return { code, said: JSON.parse(String(stdout.read())) as Said }
}
