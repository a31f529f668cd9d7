import { join } from 'node:path'
import type { Cluster } from './choose-cluster.ts'
import type { StateFolder } from './state-folder.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const loopback = '127.0.0.1'

/** The tool server's environment: the person's own, with what an embedded installation decides for itself. */
export function mcpSettings(env: Environment, state: StateFolder, cluster: Cluster): Environment {
  return {
    ...env,
    ...shared(env, state),
    ...cluster.settings,
    MCP_GRANT_PUBLIC_KEYS_FILE: state.grantPublicKeysFile,
    MCP_GRANT_JWKS_URL: undefined,
  }
}

export type EngineAddresses = {
  mcpUrl: string
  /** Of the engine itself; only this machine reaches it. */
  port: number
  /** Of the page, 0 while it is not known: what people open follows from it. */
  pagePort: number
}

/** @param contextMessages what the model wants to see of a conversation, unless the person says otherwise */
export function engineSettings(
  env: Environment,
  state: StateFolder,
  { mcpUrl, port, pagePort }: EngineAddresses,
  contextMessages?: number,
): Environment {
  return {
    ...env,
    ...shared(env, state),
    JWT_SECRET: env.JWT_SECRET || state.jwtSecret,
    SETUP_SECRET: env.SETUP_SECRET || state.setupSecret,
    GRANT_SIGNING_KEY_FILE: state.grantKeyFile,
    AUDIT_SINKS: env.AUDIT_SINKS || `file:${join(state.path, 'audit.ndjson')}`,
    LLM_CONTEXT_WINDOW_MESSAGES: env.LLM_CONTEXT_WINDOW_MESSAGES || contextMessages?.toString(),
    MCP_SERVER_URL: mcpUrl,
    HOST: loopback,
    PORT: String(port),
    PUBLIC_URL: env.PUBLIC_URL || (pagePort === 0 ? undefined : `http://localhost:${pagePort}`),
    // Only the page's server is in front of it, and has already read the person's address from what an outer proxy says.
    TRUSTED_PROXIES: '127.0.0.0/8,::1',
  }
}

/** What of the person's environment the page may see: neither keys nor databases are its business. */
const forThePage =
  /^(?:NEXT_PUBLIC_\w+|PUBLIC_URL|ALLOWED_HOSTS|TRUSTED_PROXIES|APP_VERSION|PATH|HOME|TMPDIR|LANG|LC_\w+|TZ|NO_COLOR|NODE_EXTRA_CA_CERTS)$/

export function pageSettings(env: Environment, { port, apiUrl }: { port: number; apiUrl: string }): Environment {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => forThePage.test(name))),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    // Quiet unless a log level is set, as the other parts are.
    LOG_LEVEL: env.LOG_LEVEL || 'WARNING',
    HOST: env.HOST || loopback,
    PORT: String(port),
    API_URL: apiUrl,
  }
}

/** Where the logins of integrations are kept, unless the person says otherwise. */
export const credentialsNamespace = 'fairlead-credentials'

/** Both parts have to agree on these. */
function shared(env: Environment, state: StateFolder) {
  const isGiven = Boolean(env.REDACTION_KEY || env.REDACTION_KEY_FILE)
  return {
    MCP_AUTH_TOKEN: env.MCP_AUTH_TOKEN || state.mcpAuthToken,
    INTEGRATIONS_SECRET_NAMESPACE: env.INTEGRATIONS_SECRET_NAMESPACE || credentialsNamespace,
    ...(isGiven ? {} : { REDACTION_KEY: state.redactionKey }),
  }
}
