import { createLogger } from '@fairlead/service-kit/logger'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'
import { parseConfig, settingWarnings } from './config.ts'
import { ToolServerUnavailable } from './mcp-client/connect-tools.ts'
import { startEngine } from './start-engine.ts'

/** A run may take so long for the step that it is in. */
const CLOSE_LIMIT_MS = 120_000

try {
  const config = parseConfig(process.env)
  const log = createLogger({ name: config.APP_NAME, level: config.LOG_LEVEL })
  startWatchdog({ name: config.APP_NAME, log })
  for (const warning of settingWarnings(process.env)) log.warn(warning)
  const shutdown = createShutdown({ log, limitMs: CLOSE_LIMIT_MS })
  const engine = await startEngine(config, { signal: shutdown.signal, log })
  shutdown.onClose('engine', engine.close)
  process.exit(await shutdown.finished)
} catch (fault) {
  const isPlain = fault instanceof SettingsError || fault instanceof ToolServerUnavailable
  if (!isPlain) throw fault
  process.stderr.write(`${fault.message}\n`)
  process.exit(fault instanceof SettingsError ? 2 : 1)
}
