/** The settings do not fit together, so the process ends with exit code 2. The message is one sentence that names them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
