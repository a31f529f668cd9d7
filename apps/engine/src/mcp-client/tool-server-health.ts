import type { ToolServer } from './connect-tools.ts'

/** How old what is known of the gate may be. */
const FRESH_MS = 30_000

export type ToolServerHealth = {
  /** `ok`, or what of its gate does not fit; rejects when the tool server is not ready within two seconds. */
  check(): Promise<string>
  /** Reads the gate, unless that was done a moment ago. Never rejects. */
  look(): Promise<void>
}

type Ports = {
  tools: ToolServer
  /** What of the server's gate does not fit ours; never rejects. */
  readMisfit(): Promise<string | undefined>
  log: { warn(fields: object, message: string): void }
  now(): number
}

export function createToolServerHealth({ tools, readMisfit, log, now }: Ports): ToolServerHealth {
  let misfit: string | undefined
  let at: number | undefined
  let looking: Promise<void> | undefined

  async function read(): Promise<void> {
    const found = await readMisfit()
    at = now()
    if (found !== undefined && found !== misfit) {
      log.warn({ misfit: found }, 'The gate of the tool server does not fit this engine')
    }
    misfit = found
  }

  function look(): Promise<void> {
    if (at !== undefined && now() - at < FRESH_MS) return Promise.resolve()
    looking ??= read().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    look,
    check: async () => {
      // Not waited for: it takes as long as the cluster of the server, which is none of our readiness.
      void look()
      const fault = await tools.ready(AbortSignal.timeout(2000))
      if (fault !== undefined) throw new Error(fault.sentence)
      return misfit === undefined ? 'ok' : `its gate does not fit: ${misfit}`
    },
  }
}
