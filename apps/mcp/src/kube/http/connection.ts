import { createHash } from 'node:crypto'
import { Agent, type Dispatcher } from 'undici'
import { beginningOf } from '../../output/drop-cut-word.ts'
import { redactText } from '../../output/redact.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Login, Tls } from '../login/login.ts'

/** How long the headers of a login are used before it is asked for again; providers keep theirs longer themselves. */
const LOGIN_FRESH_MS = 10_000

export type OpenConnection = { headers: Login['headers']; dispatcher: Dispatcher; tls: Tls }

/** Connections to one API server with one login, which is renewed as it is used. */
export type Connection = {
  /** Throws ToolError when there is no login: then nothing was sent. */
  open(): Promise<OpenConnection>
  close(): Promise<void>
}

export function createConnection(logIn: () => Promise<Login>, server: string): Connection {
  let fresh: { headers: Login['headers']; until: number } | undefined
  let refreshing: Promise<void> | undefined
  let current: { dispatcher: Dispatcher; print: string; tls: Tls } | undefined
  let isClosed = false

  /** Client certificates may rotate with the login, so the connections are rebuilt when they do, and only then. */
  const refresh = async (): Promise<void> => {
    const { headers, tls, connect } = await logIn().catch((cause) => {
      throw new ToolError('Unauthorized', `there is no login to the API server at ${server} (${reasonOf(cause)}).`, {
        cause,
      })
    })
    const print = fingerprint(tls)
    if (current?.print !== print) {
      const retired = current?.dispatcher
      current = { dispatcher: (await connect?.()) ?? connections(tls), print, tls }
      void retired?.close()
    }
    fresh = { headers, until: Date.now() + LOGIN_FRESH_MS }
  }
  return {
    async open() {
      if (fresh === undefined || fresh.until <= Date.now()) {
        refreshing ??= refresh().finally(() => {
          refreshing = undefined
        })
        await refreshing
      }
      if (isClosed || fresh === undefined || current === undefined) throw new Error('The cluster has been closed')
      const { dispatcher, tls } = current
      return { headers: fresh.headers, dispatcher, tls }
    },
    async close() {
      isClosed = true
      await current?.dispatcher.destroy()
    },
  }
}

/** One line: what a provider prints may be long, and whoever asks whether the server is ready reads it. */
function reasonOf(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n')
  return redactText(beginningOf(line, 200)).replace(/\.$/, '')
}

/** HTTP/1.1 on purpose: one answer that never comes must not hold the connection of another call. */
function connections({ ca, cert, key, servername, rejectUnauthorized }: Tls): Agent {
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
  )
  return new Agent({
    allowH2: false,
    keepAliveTimeout: 30_000,
    connect: { ...tls, timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
  })
}

function fingerprint({ ca, cert, key, servername, rejectUnauthorized }: Tls): string {
  const hash = createHash('sha256')
  for (const part of [ca, cert, key, servername, rejectUnauthorized]) hash.update(`${String(part)}\0`)
  return hash.digest('hex')
}
