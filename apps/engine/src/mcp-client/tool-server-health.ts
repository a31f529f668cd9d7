import type { ToolServer } from './connect-tools.ts'

/** How old a reading of the gate may be. */
const FRESH_MS = 30_000

export type ToolServerHealth = {
  /** `ok`, or how its gate differs; rejects when the tool server is not ready within two seconds. */
  check(): Promise<string>
  /** Reads the gate again when the last reading is older than 30 s. Never rejects. */
  refresh(): Promise<void>
}

type Ports = {
  tools: ToolServer
  /** How the server's gate differs from this engine's; undefined when it fits. Never rejects. */
  readMisfit(): Promise<string | undefined>
  log: { warn(fields: object, message: string): void }
  now(): number
}

export function createToolServerHealth({ tools, readMisfit, log, now }: Ports): ToolServerHealth {
  let misfit: string | undefined
  let at: number | undefined
  let reading: Promise<void> | undefined

  async function read(): Promise<void> {
    const found = await readMisfit()
    at = now()
    if (found !== undefined && found !== misfit) {
      log.warn({ misfit: found }, 'The gate of the tool server does not fit this engine')
    }
    misfit = found
  }

  function refresh(): Promise<void> {
    if (at !== undefined && now() - at < FRESH_MS) return Promise.resolve()
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

  return {
    refresh,
    check: async () => {
      // Nobody waits for it: it may take as long as the server's cluster, which does not decide this engine's readiness.
      void refresh()
      const fault = await tools.ready(AbortSignal.timeout(2000))
      if (fault !== undefined) throw new Error(fault.sentence)
      return misfit === undefined ? 'ok' : `its gate does not fit: ${misfit}`
    },
  }
}
