import { isNetwork } from '@fairlead/service-kit/client-address'
import { isHost } from '@fairlead/service-kit/known-hosts'
import { parseSettings } from '@fairlead/service-kit/parse-settings'
import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
const logLevels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'fatal' } as const
const defaultApiPath = '/api/v1'

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

const settings = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .default('3000')
    .transform(Number)
    .pipe(z.number().max(65_535)),
  LOG_LEVEL: z
    .enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
    .default('INFO')
    .transform((level) => logLevels[level]),
  API_URL: httpUrl.default('http://127.0.0.1:8080/api/v1'),
  PUBLIC_URL: httpUrl.optional(),
  ALLOWED_HOSTS: list.pipe(z.array(z.string().refine(isHost, 'must be a list of names such as ops.example.com'))),
  TRUSTED_PROXIES: list.pipe(z.array(z.string().refine(isNetwork, 'must be a list of addresses and CIDR blocks'))),
  APP_VERSION: z.string().default('dev'),
  NEXT_PUBLIC_API_URL: z
    .string()
    .default(defaultApiPath)
    .transform((path) => (isOwnPath(path) ? path.replace(/\/+$/, '') : defaultApiPath)),
  NEXT_PUBLIC_APP_NAME: z.string().default('Fairlead'),
  NEXT_PUBLIC_APP_VERSION: z.string().optional(),
})

/** The whole environment of the page's server, read once. */
export type BffConfig = z.output<typeof settings>

/** Throws SettingsError with every fault together. The result is frozen. */
export function parseConfig(env: Environment): Readonly<BffConfig> {
  return parseSettings(settings, env)
}

/** What a person should know of settings that are not taken as they are. */
export function settingWarnings(env: Environment): readonly string[] {
  const { NEXT_PUBLIC_API_URL: path, HOST: host, PUBLIC_URL, ALLOWED_HOSTS } = env
  const warnings: string[] = []
  if (path && !isOwnPath(path))
    warnings.push(
      `NEXT_PUBLIC_API_URL must be a path of this server, such as ${defaultApiPath}; ${defaultApiPath} is used`,
    )
  if (host && !/^(?:localhost|127\..*|::1)$/.test(host) && !PUBLIC_URL && !ALLOWED_HOSTS)
    warnings.push(
      `HOST is ${host}, but other machines get no page until PUBLIC_URL or ALLOWED_HOSTS has the name they open`,
    )
  return warnings
}

/** A browser speaks with this origin alone. */
function isOwnPath(path: string): boolean {
  return /^\/(?!\/)[\w./-]*$/.test(path)
}

/** For `next build`: what a person has set takes effect when the server starts, and nothing of it is built in. */
export function buildEnvironment(env: Environment = process.env): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP']
  return {
    ...Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  }
}
