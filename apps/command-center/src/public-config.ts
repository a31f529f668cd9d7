/** What the browser knows of the settings. They take effect when the server starts, not when it is built. */
export type PublicConfig = {
  /** Base of every call to the engine: a path of this origin, without a slash at its end. */
  apiUrl: string
  appName: string
  appVersion: string
  /** Opened over plain HTTP from another machine: whoever is on the way can read along. */
  isPlainHttp: boolean
}

export const publicConfigId = 'public-config'

let config: PublicConfig | undefined

/** In the browser alone; on the server, `publicSettings` of `bff/public-settings.ts`. */
export function publicConfig(): PublicConfig {
  const text = document.getElementById(publicConfigId)?.textContent
  if (config === undefined && !text) throw new Error('The page came without its settings')
  config ??= Object.freeze(JSON.parse(text ?? '')) as PublicConfig
  return config
}
