import { Client } from '@modelcontextprotocol/client'
import { callFaultOf } from './call-fault.ts'
import { HttpTransport } from './http-transport.ts'
import type { ProgressListeners } from './progress.ts'
import { SHORT_TIMEOUT_MS } from './timeouts.ts'
import { untilAborted } from './until-aborted.ts'

type Options = {
  url: string
  /** Sent as bearer. */
  token: string | undefined
  version: string
  /** Limit without a byte from the server, in a call. */
  silenceSeconds: number
  progress: ProgressListeners
  onToolsChanged(): void
  /** The server's address as the log may show it. */
  address: string
  log: { warn(fields: object, message: string): void }
}

export type Connection = {
  /** The connected client, which all callers share. Connects when there is none. Rejects with the fault, or the abort. */
  client(signal: AbortSignal): Promise<Client>
  /** The next caller connects again. Calls that still run on the old connection end on their own. */
  drop(): void
  /** Logs that the server does not answer, once per outage. */
  warnOnce(error: unknown): void
  /** The outage is over. */
  answered(): void
  close(): Promise<void>
}

/** One connection to one tool server, made when it is first needed. */
export function createConnection(options: Options): Connection {
  let connecting: Promise<Client> | undefined
  /** What the log has said about the outage that still lasts. */
  let warned: string | undefined
  let isClosed = false

  /** One plain line per outage: an operator has no use for the stack of the error. */
  function warnOnce(error: unknown): void {
    if (isClosed) return // closing ends what is under way
    const { sentence } = callFaultOf(error, new AbortController().signal)
    if (sentence === warned) return
    warned = sentence
    options.log.warn({ server: options.address }, `${sentence} It is asked again when it is needed.`)
  }

  return {
    client(signal) {
      if (connecting === undefined) {
        const attempt = connect(options)
        connecting = attempt
        attempt.catch((error: unknown) => {
          warnOnce(error)
          if (connecting === attempt) connecting = undefined
        })
      }
      return untilAborted(connecting, signal)
    },
    drop() {
      connecting = undefined
    },
    warnOnce,
    answered() {
      warned = undefined
    },
    async close() {
      isClosed = true
      const client = await connecting?.catch(() => undefined)
      connecting = undefined
      await client?.close()
    },
  }
}

async function connect({ url, token, version, silenceSeconds, progress, onToolsChanged }: Options): Promise<Client> {
  const client = new Client({ name: 'fairlead-engine', version }, { versionNegotiation: { mode: 'auto' } })
  client.setNotificationHandler('notifications/progress', ({ params }) => progress.receive(params))
  client.setNotificationHandler('notifications/tools/list_changed', onToolsChanged)
  await client.connect(new HttpTransport({ url, token, silenceSeconds }), { timeout: SHORT_TIMEOUT_MS })
  return client
}
