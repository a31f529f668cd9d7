import { flushCompileCache } from 'node:module'
import { parseConfig } from '@fairlead/engine/config'
import { type StartOptions, startEngine } from '@fairlead/engine/start-engine'
import { createLogger } from '@fairlead/service-kit/logger'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'

export type EngineProcessOptions = Pick<
  StartOptions,
  'databaseFolder' | 'isTailInProcess' | 'leaseSeconds' | 'grantSeconds' | 'closeSeconds'
> & { stallMs?: number }

/** The engine as its own `main.ts` starts it, but with the options in `argv[2]`, as JSON: nobody waits half a minute here. */
const { stallMs, ...options }: EngineProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const config = parseConfig(process.env)
const log = createLogger({ name: config.APP_NAME, level: config.LOG_LEVEL })
startWatchdog({ name: config.APP_NAME, log, limitMs: stallMs })
const shutdown = createShutdown({ log, limitMs: 120_000 })
const { close } = await startEngine(config, { ...options, signal: shutdown.signal, log })
shutdown.onClose('engine', close)
// Tests kill it; then nothing would be kept.
flushCompileCache()
process.exit(await shutdown.finished)
