import { createLogger } from '@fairlead/service-kit/logger'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'
import { reloadOnHangup } from './composition/reload.ts'
import { withSettingsFile } from './composition/settings-file.ts'
import { startMcp } from './composition/start-mcp.ts'
import { parseConfig } from './config.ts'
import { ConfigError } from './tool/config-error.ts'

try {
  const env = withSettingsFile(process.env)
  const argv = process.argv.slice(2)
  const config = parseConfig(env, argv)
  const log = createLogger({ name: config.app.name, level: config.logLevel })
  startWatchdog({ name: config.app.name, log })
  // Ten seconds for the calls, as many for a helm that is told to end.
  const shutdown = createShutdown({ log, limitMs: 25_000 })
  const mcp = await startMcp(config, { signal: shutdown.signal, log })
  shutdown.onClose('mcp', mcp.close)
  if (config.reloads) reloadOnHangup({ env, read: () => withSettingsFile(process.env), argv, reload: mcp.reload, log })
  mcp.ended.then(shutdown.begin, shutdown.begin)
  process.exit(await shutdown.finished)
} catch (fault) {
  if (!(fault instanceof ConfigError) && !(fault instanceof SettingsError)) throw fault
  process.stderr.write(`${fault.message}\n`)
  process.exit(2)
}
