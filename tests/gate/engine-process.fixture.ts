import { flushCompileCache } from 'node:module'
import { parseConfig } from '@fairlead/engine/config'
import { startEngine } from '@fairlead/engine/start-engine'
import { createLogger } from '@fairlead/service-kit/logger'
import { createShutdown } from '@fairlead/service-kit/shutdown'

/** The engine as its own `main.ts` starts it, but with a lease of `argv[2]` seconds: nobody waits half a minute here. */
const config = parseConfig(process.env)
const log = createLogger({ name: config.APP_NAME, level: config.LOG_LEVEL })
const shutdown = createShutdown({ log, limitMs: 120_000 })
const { close } = await startEngine(config, { signal: shutdown.signal, log, leaseSeconds: Number(process.argv[2]) })
shutdown.onClose('engine', close)
// Tests kill it; then nothing would be kept.
flushCompileCache()
process.exit(await shutdown.finished)
