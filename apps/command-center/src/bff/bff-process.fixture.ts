import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ensureBuilt } from '../build/ensure-built.ts'
import { buildEnvironment } from '../config.ts'

export type PageProcess = {
  /** Without a trailing slash. */
  url: string
  pid: number
  /** Everything it has written for people. */
  said(): string
  /** SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>
  /** Ends the channel between the two, as the end of this process would. */
  leave(): Promise<number | null>
}

/** Longer than a start takes: the first one of all may build the page. */
export const startLimitMs = 180_000

const main = join(import.meta.dirname, '../main.ts')

/** The built page as `up` starts it: a process of its own with nothing of this one's environment. */
export async function startPageProcess(env: Record<string, string>): Promise<PageProcess> {
  await ensureBuilt()
  const child = fork(main, {
    env: { ...buildEnvironment(), HOST: '127.0.0.1', PORT: '0', ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exit = once(child, 'exit').then(([code]: (number | null)[]) => {
    process.off('exit', kill)
    return code ?? null
  })
  const first = await Promise.race([once(child, 'message') as Promise<[{ port?: number; error?: string }]>, exit])
  const port = Array.isArray(first) ? first[0].port : undefined
  if (port === undefined) throw new Error(`The page did not start: ${JSON.stringify(first)} ${said}`)
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    said: () => said,
    stop: () => {
      child.kill('SIGTERM')
      return exit
    },
    leave: () => {
      child.disconnect()
      return exit
    },
  }
}

export type RawAnswer = { status: number; headers: Headers; body: string }
export type RawRequest = { method?: string; path: string; headers?: Record<string, string>; body?: string }

/** A request whose every byte is the test's own: a client would tidy its path up. */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path, headers = {}, body = '' } = request
  const { hostname, port, host } = new URL(url)
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ host, connection: 'close', ...length, ...headers }).map(
    (pair) => `${pair.join(': ')}\r\n`,
  )
  const socket = connect(Number(port), hostname)
  // Not ended: a server takes that for a client that has gone.
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...fields] = text.slice(0, end).split('\r\n')
  const answered = new Headers()
  for (const field of fields)
    answered.append(field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim())
  return { status: Number(first.split(' ')[1]), headers: answered, body: text.slice(end + 4) }
}

/** As a script of the page sends what changes something. */
export const ownHeaders = (url: string) => ({
  origin: new URL(url).origin,
  'sec-fetch-site': 'same-origin',
  'x-fairlead-csrf': '1',
})

export const cookieHeader = ({ access, refresh }: { access?: string; refresh?: string }) => ({
  cookie: [access && `auth_token=${access}`, refresh && `refresh_token=${refresh}`].filter(Boolean).join('; '),
})
