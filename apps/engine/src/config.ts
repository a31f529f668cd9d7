import { isNetwork } from '@fairlead/service-kit/client-address'
import { isHost } from '@fairlead/service-kit/known-hosts'
import { parseSettings, type SettingFault, SettingsError } from '@fairlead/service-kit/parse-settings'
import { z } from 'zod'

const flag = (otherwise: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(otherwise ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1')

const atLeast = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most))

const whole = (otherwise: number, least = 0, most?: number) => atLeast(least, most).default(otherwise)

const list = (otherwise: string) =>
  z
    .string()
    .default(otherwise)
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )

const postgresUrl = z
  .string()
  .regex(/^postgres(?:ql)?(?:\+psycopg)?:\/\//, 'must begin with postgres://, postgresql:// or postgresql+psycopg://')
  .transform((url) => url.replace(/^postgres(?:ql)?(?:\+psycopg)?:/, 'postgres:'))

const origin = z.string().regex(/^https?:\/\/[^/\s*]+$/, 'must be origins such as https://ops.example.com')
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
const sink = z.string().regex(/^(?:stdout|file:.+|https:\/\/.+)$/, 'must be a list of stdout, file:<path>, https://…')

/** One network of TRUSTED_PROXIES: an address, or a CIDR block. */
const network = z.string().refine(isNetwork, 'must be a list of addresses and CIDR blocks')

type Environment = Readonly<Record<string, string | undefined>>

const secretsNobodyChose = ['CHANGE_ME_IN_PRODUCTION', 'your-jwt-secret']

const logLevels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'fatal' } as const

const settings = z.object({
  APP_NAME: z.string().default('Fairlead'),
  APP_VERSION: z.string().default('0.1.0'),
  APP_DESCRIPTION: z.string().default('Self-hosted AI operations agent for Kubernetes and CI/CD'),
  DEBUG: flag(false),
  API_V1_STR: z
    .string()
    .regex(/^(?:\/[\w.-]+)+$/, 'must be a path such as /api/v1')
    .default('/api/v1'),
  LOG_LEVEL: z
    .enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
    .default('INFO')
    .transform((level) => logLevels[level]),
  HOST: z.string().default('0.0.0.0'),
  PORT: whole(8080, 0, 65_535),
  POSTGRES_DATABASE_URL: postgresUrl.default('postgres://postgres:postgres@localhost:5432/fairlead'),
  MIGRATIONS_DATABASE_URL: postgresUrl.optional(),
  ENABLE_POSTGRES_CHECKPOINTER: flag(true),
  CHECKPOINTER_DATABASE_URL: postgresUrl.optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
    .default('redis://localhost:6379/0'),
  RATE_LIMITING_ENABLED: flag(true),
  RATE_LIMIT_PER_MINUTE: whole(100, 1),
  JWT_SECRET: z.string().default('CHANGE_ME_IN_PRODUCTION'),
  JWT_ALGORITHM: z.enum(['HS256', 'HS384', 'HS512']).default('HS256'),
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: whole(15, 1),
  JWT_REFRESH_TOKEN_EXPIRE_DAYS: whole(7, 1),
  ALLOW_SELF_REGISTRATION: flag(false),
  SETUP_SECRET: z
    .string()
    .refine((text) => text === 'off' || text.length >= 32, 'must be at least 32 random characters, or off')
    .optional(),
  CORS_ALLOWED_ORIGINS: list('http://localhost:3000,http://127.0.0.1:3000,http://localhost:3001').pipe(z.array(origin)),
  ALLOWED_HOSTS: list('').pipe(z.array(z.string().refine(isHost, 'must be a list of names such as fairlead-engine'))),
  TRUSTED_PROXIES: list('127.0.0.0/8,::1').pipe(z.array(network)),
  PUBLIC_URL: httpUrl.default('http://localhost:3000'),
  MCP_SERVER_URL: httpUrl.default('http://127.0.0.1:8888/mcp'),
  MCP_AUTH_TOKEN: z.string().optional(),
  MCP_GRANT_AUDIENCE: z.string().default('fairlead-mcp'),
  /** Where the logins of integrations are kept; without it none can be made. The tool server needs the same. */
  INTEGRATIONS_SECRET_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace')
    .refine((name) => name !== 'default', 'must be a namespace of its own, not default')
    .optional(),
  MCP_CALL_TIMEOUT_SECONDS: whole(300, 1),
  LLM_MODEL: z.string().default('openai/gpt-4o'),
  LLM_HOST: httpUrl.optional(),
  LLM_MAX_ITERATIONS: whole(25, 1),
  LLM_CONTEXT_WINDOW_MESSAGES: whole(40, 4),
  LLM_MAX_TOKENS: atLeast(1).optional(),
  LLM_REASONING_EFFORT: z.enum(['low', 'medium', 'high', 'default']).optional(),
  LLM_THINKING_BUDGET_TOKENS: atLeast(0).optional(),
  LLM_TEMPERATURE: z.string().transform(Number).pipe(z.number().min(0).max(2)).optional(),
  LLM_TOOL_RESULT_MAX_CHARS: whole(60_000, 1),
  MAX_AUTO_CONTINUE_TURNS: whole(2),
  APPROVAL_TTL_HOURS: whole(24),
  EXEC_READ_ALLOWLIST: z
    .enum(['on', 'off'])
    .default('on')
    .transform((text) => text === 'on'),
  VERIFY_WAIT_SECONDS: whole(60, 0, 270),
  GRANT_SIGNING_KEY_FILE: z.string().optional(),
  REDACTION_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').byteLength >= 32, 'must be at least 32 bytes in base64')
    .optional(),
  REDACTION_KEY_FILE: z.string().optional(),
  AUDIT_HEAD_SECONDS: whole(60, 1),
  AUDIT_SINKS: list('stdout').pipe(z.array(sink)),
})

/** What may be missing only where nothing is at stake. Looked at apart, so that all faults come in one report. */
function missingSecrets(env: Environment): SettingFault[] {
  if (env.DEBUG === 'true' || env.DEBUG === '1') return []
  const faults: SettingFault[] = []
  if (!env.JWT_SECRET || secretsNobodyChose.includes(env.JWT_SECRET))
    faults.push({ name: 'JWT_SECRET', message: 'must be at least 32 random bytes (or set DEBUG=true)' })
  if (!env.GRANT_SIGNING_KEY_FILE)
    faults.push({
      name: 'GRANT_SIGNING_KEY_FILE',
      message: 'must name a file with an Ed25519 private key as JWK (or set DEBUG=true)',
    })
  if (!env.REDACTION_KEY && !env.REDACTION_KEY_FILE)
    faults.push({ name: 'REDACTION_KEY', message: 'or REDACTION_KEY_FILE must be set (or set DEBUG=true)' })
  return faults
}

/** Settings that are good each by itself. Looked at apart, so that all faults come in one report. */
function contradictions(env: Environment): SettingFault[] {
  // `MCP_IDENTITY` is the tool server's; both may read one environment.
  if (env.SETUP_SECRET !== 'off' || env.MCP_IDENTITY !== 'impersonate') return []
  const message =
    'must not be off with MCP_IDENTITY=impersonate: whoever came first would act in the cluster under any address they type'
  return [{ name: 'SETUP_SECRET', message }]
}

/** Names of providers' keys; a few have one of their own. */
const providerKey = /_API_KEY$|^(?:HF_TOKEN|DATABRICKS_TOKEN|CLARIFAI_PAT)$/

/** The whole environment of the engine, read once. */
export type EngineConfig = z.output<typeof settings> & {
  /** Keys of model providers by the names that `LLM_MODEL` looks up, such as `OPENAI_API_KEY`. */
  PROVIDER_KEYS: Readonly<Record<string, string>>
  /** Bearer tokens of other MCP servers by the names that their rows have: `MCP_TOKEN_METRICS`. */
  MCP_TOKENS: Readonly<Record<string, string>>
}

/** Throws SettingsError with every fault together. The result is frozen. */
export function parseConfig(env: Environment): Readonly<EngineConfig> {
  const missing = [...missingSecrets(env), ...contradictions(env)]
  let config: z.output<typeof settings>
  try {
    config = parseSettings(settings, env)
  } catch (error) {
    throw error instanceof SettingsError ? new SettingsError([...error.faults, ...missing]) : error
  }
  if (missing.length > 0) throw new SettingsError(missing)
  return Object.freeze({ ...config, PROVIDER_KEYS: named(env, providerKey), MCP_TOKENS: named(env, /^MCP_TOKEN_/) })
}

/** What is set of the variables with such names. */
function named(env: Environment, names: RegExp): Readonly<Record<string, string>> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => names.test(entry[0]) && !!entry[1])
  return Object.freeze(Object.fromEntries(set))
}

/** What a person should know of settings that are allowed. */
export function settingWarnings(env: Environment): readonly string[] {
  const warnings: string[] = []
  if (env.JWT_SECRET && Buffer.byteLength(env.JWT_SECRET) < 32) warnings.push('JWT_SECRET is shorter than 32 bytes')
  for (const name of ['MODEL_NAME', 'TEMPERATURE']) if (env[name]) warnings.push(`${name} has no effect; see LLM_*`)
  return warnings
}
