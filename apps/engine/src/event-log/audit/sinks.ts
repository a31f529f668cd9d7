import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where signed heads go, out of a database owner's reach. */
export type HeadSink = { name: string; write(line: string): Promise<void> }

const WEBHOOK_MS = 10_000

/** Sinks as `AUDIT_SINKS` names them: `stdout`, `file:<path>`, `https://…`. */
export function headSinks(names: readonly string[]): HeadSink[] {
  return names.map((name) => ({ name: shownName(name), write: writerOf(name) }))
}

function writerOf(name: string): HeadSink['write'] {
  if (name === 'stdout') return (line) => new Promise((done) => process.stdout.write(`${line}\n`, () => done()))
  if (name.startsWith('file:')) {
    const path = name.slice('file:'.length)
    return async (line) => {
      await mkdir(dirname(path), { recursive: true })
      await appendFile(path, `${line}\n`, { flush: true })
    }
  }
  return async (line) => {
    const answer = await fetch(name, {
      method: 'POST',
      headers: { 'content-type': 'application/jose' },
      body: line,
      signal: AbortSignal.timeout(WEBHOOK_MS),
    })
    if (!answer.ok) throw new Error(`The sink answered ${answer.status}`)
  }
}

/** Without what an address may hold in its query or its password. */
function shownName(name: string): string {
  if (!/^https?:/.test(name)) return name
  const { protocol, host, pathname } = new URL(name)
  return `${protocol}//${host}${pathname}`
}
