import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isHost } from '@fairlead/service-kit/known-hosts'
import type { LogLevel } from '@fairlead/service-kit/logger'
import { parseSettings } from '@fairlead/service-kit/parse-settings'
import { z } from 'zod'
import { families } from './families.ts'
import { ConfigError } from './tool/config-error.ts'
import { version } from './tool/version.ts'

/** Names of levels that the engine's setting has. */
const otherNames: Readonly<Record<string, string>> = { warning: 'warn', critical: 'fatal' }

const flag = z.stringbool({ truthy: ['true', '1', 'on', 'yes'], falsy: ['false', '0', 'off', 'no'] })
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
)
const words = (text: string) => list.default(text.split(','))

const settings = z.object({
  APP_NAME: z.string().default('fairlead-mcp'),
  APP_VERSION: z.string().default(version),
  APP_DESCRIPTION: z.string().default('Kubernetes operations as tools behind an approval gate'),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .transform((level) => otherNames[level] ?? level)
    .pipe(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']))
    .default('info'),
  DEBUG: flag.default(false),
  KUBECONFIG: z.string().optional(),
  K8S_CONTEXT: list.pipe(z.array(z.string()).min(1, 'must name a context')).optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  KUBERNETES_SERVICE_PORT: z.string().default('443'),
  MCP_DEFAULT_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a namespace')
    .optional(),
  MCP_MODE: z.enum(['grant', 'read-only', 'confirm']).optional(),
  MCP_GRANT_PUBLIC_KEYS_FILE: z.string().optional(),
  MCP_GRANT_JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be a URL' }).optional(),
  MCP_GRANT_AUDIENCE: z.string().default('fairlead-mcp'),
  MCP_GRANT_STORE: z.enum(['memory', 'redis', 'kubernetes']).default('memory'),
  MCP_GRANT_STORE_NOEVICTION: flag.default(false),
  MCP_GRANT_REDIS_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
  MCP_GRANT_NAMESPACE: z.string().optional(),
  MCP_REPLICAS: z.coerce.number('must be a number').int().min(1).default(1),
  MCP_IDENTITY: z.enum(['server', 'impersonate', 'passthrough']).default('server'),
  REDACTION_KEY: z.string().optional(),
  REDACTION_KEY_FILE: z.string().optional(),
  EXEC_READ_ALLOWLIST: flag.default(true),
  INTEGRATIONS_SECRET_NAMESPACE: z.string().optional(),
  MCP_READ_ONLY: flag.default(false),
  MCP_DISABLE_DESTRUCTIVE: flag.default(false),
  MCP_TOOLSETS: list.optional(),
  MCP_ENABLED_TOOLS: list.optional(),
  MCP_DISABLED_TOOLS: list.default([]),
  MCP_FIELD_MANAGER: z.string().min(1).max(120).default('fairlead'),
  MCP_NAMESPACES: list.optional(),
  MCP_DENIED_KINDS: list
    .default([])
    .pipe(z.array(z.string().regex(/^[A-Za-z][-A-Za-z0-9.]*$/, 'must be a list of types such as secrets'))),
  MCP_PROTECTED_NAMESPACES: words('kube-system,kube-public,kube-node-lease'),
  MCP_ALLOW_PROTECTED: flag.default(false),
  MCP_AUTH_TOKEN: z.string().optional(),
  MCP_ALLOW_UNAUTHENTICATED: flag.default(false),
  MCP_ALLOWED_HOSTS: list
    .default([])
    .pipe(z.array(z.string().refine(isHost, 'must be a list of names such as fairlead-mcp'))),
  MCP_ALLOWED_ORIGINS: list.default([]),
  MCP_SETTINGS_FILE: z.string().optional(),
  MCP_RELOAD: flag.default(false),
  MCP_METRICS: flag.default(false),
  MCP_SSE: flag.default(false),
  MCP_EXEC: flag.default(true),
  MCP_HELM_ALLOWED_REGISTRIES: list.default([]),
  MCP_HELM_ALLOW_HTTP: flag.default(false),
  MCP_HELM_ALLOW_LOCAL: flag.default(false),
  MCP_HELM_HOME: z.string().optional(),
  HELM_DRIVER: z.enum(['secret', 'configmap']).default('secret'),
  JENKINS_ALLOWED_ORIGINS: list
    .default([])
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'must be a list of URLs' }))),
  JENKINS_SECRET_NAMESPACES: list.default([]),
  JENKINS_ALLOW_UNBOUND: flag.default(false),
  JENKINS_ALLOW_INSECURE_TLS: flag.default(false),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be a URL' }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/protobuf', 'must be http/protobuf').default('http/protobuf'),
  OTEL_SDK_DISABLED: flag.default(false),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  MCP_REVEAL_SECRETS: flag.default(false),
  MCP_MAX_OUTPUT_CHARS: z.coerce.number('must be a number').int().min(1_000).max(1_000_000).default(60_000),
})

/** Whether it is a setting of this server. */
export function isSetting(name: string): boolean {
  return Object.hasOwn(settings.shape, name)
}

/** The engine's settings with our prefix: both may read one file. */
const ofTheEngine = /^MCP_(SERVER_URL|CALL_TIMEOUT_SECONDS|TOKEN_[A-Z0-9_]+)$/

/** Settings of older installations that mean nothing here. */
const ignoredSettings = ['MAX_RETRY_ATTEMPTS', 'RETRY_BASE_DELAY', 'RETRY_MAX_DELAY', 'RETRY_EXPONENTIAL_BASE']

export type Environment = Readonly<Record<string, string | undefined>>

export type Config = {
  app: { name: string; version: string; description: string }
  logLevel: LogLevel
  transport: 'http' | 'stdio'
  host: string
  port: number
  /** Files; or the API server of the pod that this is, with its service account. */
  kubeconfig: readonly string[] | { server: string }
  /** Undefined: all contexts of the kubeconfig, its current one first. The first is the default. */
  contexts: readonly string[] | undefined
  defaultNamespace: string | undefined
  mode: 'grant' | 'read-only' | 'confirm'
  keys: { file: string } | { url: string } | undefined
  audience: string
  store:
    | { kind: 'memory' }
    | { kind: 'redis'; url: string; isDeclaredNoEviction: boolean }
    | { kind: 'kubernetes'; namespace: string | undefined }
  identity: 'server' | 'impersonate' | 'passthrough'
  redactionKey: { text: string } | { file: string } | undefined
  execReadAllowlist: boolean
  credentialsNamespace: string | undefined
  disableDestructive: boolean
  toolsets: readonly string[]
  enabledTools: readonly string[] | undefined
  disabledTools: readonly string[]
  fieldManager: string
  namespaces: readonly string[] | undefined
  /** Kinds that no tool reads or writes. */
  deniedKinds: readonly string[]
  protectedNamespaces: readonly string[]
  allowProtected: boolean
  authToken: string | undefined
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  /** The settings file is read again at each SIGHUP. */
  reloads: boolean
  /** `/metrics` is served. */
  metrics: boolean
  /** Of an OpenTelemetry collector. Undefined: no traces are kept. */
  tracesEndpoint: string | undefined
  /** HTTP+SSE of 2024-11-05 is served, too. */
  sse: boolean
  /** Tools that run commands in pods or open ports to them are there. */
  allowsExec: boolean
  revealSecrets: boolean
  maxOutputChars: number
  helm: {
    allowedRegistries: readonly string[]
    allowHttp: boolean
    allowLocal: boolean
    /** Undefined: a folder that goes with the process. */
    home: string | undefined
    driver: 'secret' | 'configmap'
    /** Where the program is looked for. */
    path: string
    /** Variables by which it finds its way to charts, as they are: proxies, and authorities that it trusts. */
    network: Readonly<Record<string, string>>
  }
  jenkins: {
    allowedOrigins: readonly string[]
    secretNamespaces: readonly string[]
    allowUnbound: boolean
    allowInsecureTls: boolean
  }
  /** Names of settings that are set and mean nothing here. */
  ignored: readonly string[]
}

/**
 * Settings from environment and flags (`--transport`, `--host`, `--port`, `--sse`), flags first. Throws SettingsError for values
 * that are wrong, ConfigError for those that do not fit together.
 */
export function parseConfig(env: Environment, argv: readonly string[]): Config {
  const flags = parseFlags(argv)
  refuseUnknown(env)
  const set = parseSettings(settings, env)
  const isLoopback = isLoopbackHost(flags.host)
  refuseMisfits(set, { ...flags, isLoopback })
  const { MCP_GRANT_PUBLIC_KEYS_FILE: file, MCP_GRANT_JWKS_URL: url } = set
  const config: Config = {
    app: { name: set.APP_NAME, version: set.APP_VERSION, description: set.APP_DESCRIPTION },
    logLevel: set.DEBUG ? 'debug' : set.LOG_LEVEL,
    ...flags,
    kubeconfig: kubeconfigOf(set),
    contexts: set.K8S_CONTEXT,
    defaultNamespace: set.MCP_DEFAULT_NAMESPACE,
    mode: modeOf(set),
    keys: file !== undefined ? { file } : url !== undefined ? { url } : undefined,
    audience: set.MCP_GRANT_AUDIENCE,
    store: storeOf(set),
    identity: set.MCP_IDENTITY,
    redactionKey: redactionKeyOf(set),
    execReadAllowlist: set.EXEC_READ_ALLOWLIST,
    credentialsNamespace: set.INTEGRATIONS_SECRET_NAMESPACE,
    disableDestructive: set.MCP_DISABLE_DESTRUCTIVE,
    toolsets: set.MCP_TOOLSETS ?? families.map(({ name }) => name),
    enabledTools: set.MCP_ENABLED_TOOLS,
    disabledTools: set.MCP_DISABLED_TOOLS,
    fieldManager: set.MCP_FIELD_MANAGER,
    namespaces: set.MCP_NAMESPACES,
    deniedKinds: set.MCP_DENIED_KINDS,
    protectedNamespaces: set.MCP_PROTECTED_NAMESPACES,
    allowProtected: set.MCP_ALLOW_PROTECTED,
    authToken: set.MCP_AUTH_TOKEN,
    allowedHosts: set.MCP_ALLOWED_HOSTS,
    allowedOrigins: set.MCP_ALLOWED_ORIGINS,
    reloads: set.MCP_RELOAD,
    metrics: set.MCP_METRICS,
    tracesEndpoint: set.OTEL_SDK_DISABLED ? undefined : set.OTEL_EXPORTER_OTLP_ENDPOINT,
    sse: flags.sse || set.MCP_SSE,
    allowsExec: set.MCP_EXEC,
    revealSecrets: set.MCP_REVEAL_SECRETS,
    maxOutputChars: set.MCP_MAX_OUTPUT_CHARS,
    helm: {
      allowedRegistries: set.MCP_HELM_ALLOWED_REGISTRIES,
      allowHttp: set.MCP_HELM_ALLOW_HTTP,
      allowLocal: set.MCP_HELM_ALLOW_LOCAL,
      home: set.MCP_HELM_HOME,
      driver: set.HELM_DRIVER,
      path: set.PATH,
      network: networkOf(env),
    },
    jenkins: {
      allowedOrigins: set.JENKINS_ALLOWED_ORIGINS,
      secretNamespaces: set.JENKINS_SECRET_NAMESPACES,
      allowUnbound: set.JENKINS_ALLOW_UNBOUND,
      allowInsecureTls: set.JENKINS_ALLOW_INSECURE_TLS,
    },
    ignored: ignoredSettings.filter((name) => env[name] !== undefined),
  }
  refuseUnknownTools(config)
  return config
}

const networkVariables = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR'],
]

function networkOf(env: Environment): Record<string, string> {
  return Object.fromEntries(networkVariables.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host)
}

/** A path names a socket of this machine. */
export function isLoopbackUrl(url: string): boolean {
  return url.startsWith('/') || (URL.canParse(url) && isLoopbackHost(new URL(url).hostname))
}

type Settings = Readonly<z.output<typeof settings>>
type Flags = Pick<Config, 'transport' | 'host' | 'port' | 'sse'>

function parseFlags(argv: readonly string[]): Flags {
  const options = {
    transport: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    sse: { type: 'boolean' },
  } as const
  let values: { transport?: string; host?: string; port?: string; sse?: boolean }
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
  const { transport = 'http', host = '127.0.0.1', port = '8888', sse = false } = values
  if (transport !== 'http' && transport !== 'stdio') throw new ConfigError('--transport must be http or stdio.')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new ConfigError('--port must be a number from 0 to 65535.')
  if (sse && transport === 'stdio') throw new ConfigError('--sse needs --transport http.')
  return { transport, host, port: Number(port), sse }
}

function refuseUnknown(env: Environment): void {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('MCP_') && !isSetting(name) && !ofTheEngine.test(name),
  )
  if (unknown.length > 0) throw new ConfigError(`${unknown.toSorted().join(', ')}: no such setting.`)
}

type Misfit = { when: (set: Settings, how: Flags & { isLoopback: boolean }) => boolean; sentence: string }

/** Read in order; the first that fits stops the start. */
const misfits: readonly Misfit[] = [
  {
    when: (set) => set.MCP_READ_ONLY && set.MCP_MODE !== undefined && set.MCP_MODE !== 'read-only',
    sentence: 'MCP_READ_ONLY=true and another MCP_MODE exclude each other.',
  },
  {
    when: (set) => set.MCP_GRANT_PUBLIC_KEYS_FILE !== undefined && set.MCP_GRANT_JWKS_URL !== undefined,
    sentence: 'MCP_GRANT_PUBLIC_KEYS_FILE and MCP_GRANT_JWKS_URL exclude each other.',
  },
  {
    when: (set) => set.REDACTION_KEY !== undefined && set.REDACTION_KEY_FILE !== undefined,
    sentence: 'REDACTION_KEY and REDACTION_KEY_FILE exclude each other.',
  },
  {
    when: (set) => modeOf(set) === 'grant' && hasKeys(set) && redactionKeyOf(set) === undefined,
    sentence: 'MCP_MODE=grant with grant keys needs REDACTION_KEY or REDACTION_KEY_FILE.',
  },
  {
    when: (set) => set.MCP_GRANT_JWKS_URL !== undefined && !isSafeUrl(set.MCP_GRANT_JWKS_URL),
    sentence: 'MCP_GRANT_JWKS_URL must be https, unless it is a loopback address.',
  },
  {
    when: (set) => set.MCP_GRANT_STORE === 'memory' && set.MCP_REPLICAS > 1 && modeOf(set) !== 'read-only',
    sentence: 'MCP_GRANT_STORE=memory does not fit MCP_REPLICAS above 1: use redis or kubernetes.',
  },
  {
    when: (set) => set.MCP_GRANT_STORE === 'redis' && redisUrlOf(set) === undefined,
    sentence: 'MCP_GRANT_STORE=redis needs MCP_GRANT_REDIS_URL or REDIS_URL.',
  },
  {
    when: (set, { transport, isLoopback }) =>
      modeOf(set) === 'confirm' &&
      transport === 'http' &&
      !isLoopback &&
      set.MCP_AUTH_TOKEN === undefined &&
      set.MCP_IDENTITY !== 'passthrough',
    sentence:
      'MCP_MODE=confirm on a host that is not loopback needs MCP_AUTH_TOKEN or MCP_IDENTITY=passthrough: nobody would know who confirms.',
  },
  {
    when: (set) => set.MCP_RELOAD && set.MCP_SETTINGS_FILE === undefined,
    sentence: 'MCP_RELOAD=true needs MCP_SETTINGS_FILE: the environment of a process stays as it is.',
  },
  {
    when: (set) => set.MCP_IDENTITY === 'impersonate' && !hasKeys(set),
    sentence: 'MCP_IDENTITY=impersonate needs MCP_GRANT_PUBLIC_KEYS_FILE or MCP_GRANT_JWKS_URL.',
  },
  {
    when: (set) => set.MCP_IDENTITY === 'passthrough' && set.MCP_AUTH_TOKEN !== undefined,
    sentence: 'MCP_IDENTITY=passthrough and MCP_AUTH_TOKEN exclude each other: both are the Authorization header.',
  },
  {
    when: (set, { transport }) => set.MCP_IDENTITY === 'passthrough' && transport === 'stdio',
    sentence: 'MCP_IDENTITY=passthrough needs HTTP: over --transport stdio there is no Authorization header.',
  },
  {
    when: (set, { transport, isLoopback }) =>
      transport === 'http' &&
      !isLoopback &&
      set.MCP_AUTH_TOKEN === undefined &&
      set.MCP_IDENTITY !== 'passthrough' &&
      !set.MCP_ALLOW_UNAUTHENTICATED,
    sentence: '--host is not loopback, which needs MCP_AUTH_TOKEN, or MCP_ALLOW_UNAUTHENTICATED=true.',
  },
  {
    when: ({ INTEGRATIONS_SECRET_NAMESPACE: namespace, MCP_PROTECTED_NAMESPACES: guarded }) =>
      namespace !== undefined && (namespace === 'default' || guarded.includes(namespace)),
    sentence: 'INTEGRATIONS_SECRET_NAMESPACE must be a namespace of its own, not default or a protected one.',
  },
]

function refuseMisfits(set: Settings, how: Flags & { isLoopback: boolean }): void {
  const misfit = misfits.find(({ when }) => when(set, how))
  if (misfit !== undefined) throw new ConfigError(misfit.sentence)
}

function refuseUnknownTools({ toolsets, enabledTools = [], disabledTools }: Config): void {
  const groups = [...new Set(families.flatMap(({ name, tools }) => [name, ...tools.map(({ group = name }) => group)]))]
  const group = toolsets.find((name) => name !== 'all' && !groups.includes(name))
  if (group !== undefined)
    throw new ConfigError(`MCP_TOOLSETS names "${group}", which is none of ${groups.join(', ')}, all.`)
  const names = new Set(families.flatMap(({ tools }) => tools.map(({ name }) => name)))
  for (const [setting, chosen] of [
    ['MCP_ENABLED_TOOLS', enabledTools],
    ['MCP_DISABLED_TOOLS', disabledTools],
  ] as const) {
    const tool = chosen.find((name) => !names.has(name))
    if (tool !== undefined) throw new ConfigError(`${setting} names "${tool}", which is no tool of this server.`)
  }
}

function modeOf({ MCP_MODE, MCP_READ_ONLY }: Settings): Config['mode'] {
  return MCP_READ_ONLY ? 'read-only' : (MCP_MODE ?? 'grant')
}

function hasKeys(set: Settings): boolean {
  return set.MCP_GRANT_PUBLIC_KEYS_FILE !== undefined || set.MCP_GRANT_JWKS_URL !== undefined
}

function redisUrlOf({ MCP_GRANT_REDIS_URL, REDIS_URL }: Settings): string | undefined {
  return MCP_GRANT_REDIS_URL ?? REDIS_URL
}

function storeOf(set: Settings): Config['store'] {
  if (set.MCP_GRANT_STORE === 'redis')
    return { kind: 'redis', url: redisUrlOf(set) ?? '', isDeclaredNoEviction: set.MCP_GRANT_STORE_NOEVICTION }
  if (set.MCP_GRANT_STORE === 'memory') return { kind: 'memory' }
  return { kind: 'kubernetes', namespace: set.MCP_GRANT_NAMESPACE ?? set.INTEGRATIONS_SECRET_NAMESPACE }
}

function redactionKeyOf({ REDACTION_KEY, REDACTION_KEY_FILE }: Settings): Config['redactionKey'] {
  if (REDACTION_KEY !== undefined) return { text: REDACTION_KEY }
  return REDACTION_KEY_FILE === undefined ? undefined : { file: REDACTION_KEY_FILE }
}

function kubeconfigOf({ KUBECONFIG, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: Settings) {
  if (KUBECONFIG !== undefined)
    return KUBECONFIG.split(process.platform === 'win32' ? ';' : ':').filter((file) => file !== '')
  if (host === undefined) return [join(homedir(), '.kube', 'config')]
  return { server: `https://${host.includes(':') ? `[${host}]` : host}:${port}` }
}

function isSafeUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || isLoopbackHost(hostname)
}
