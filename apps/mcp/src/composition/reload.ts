import type { Logger } from '@fairlead/service-kit/logger'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { type Config, type Environment, parseConfig } from '../config.ts'
import { ConfigError } from '../tool/config-error.ts'
import { changedSettings } from './settings-file.ts'

export type Reloading = {
  /** The settings that the server was started with. */
  env: Environment
  /** Reads them again. */
  read: () => Environment
  argv: readonly string[]
  reload: (config: Config) => void
  log: Logger
}

/**
 * Reads the settings again at each SIGHUP. All of them are taken over, or none: where one is wrong, or needs a new start, the
 * log says which, and the server goes on as it was.
 */
export function reloadOnHangup({ env, read, argv, reload, log }: Reloading): void {
  let current = env
  process.on('SIGHUP', () => {
    try {
      const wanted = read()
      const config = parseConfig(wanted, argv)
      const { taken, needStart } = changedSettings(current, wanted)
      if (needStart.length > 0) {
        log.error(`nothing was reloaded: ${needStart.join(', ')} can only be changed by a new start`)
        return
      }
      reload(config)
      current = wanted
      log.info({ settings: taken }, taken.length > 0 ? 'reloaded' : 'nothing to reload: no setting has changed')
    } catch (fault) {
      if (!(fault instanceof ConfigError) && !(fault instanceof SettingsError)) throw fault
      log.error(`nothing was reloaded: ${fault.message}`)
    }
  })
}
