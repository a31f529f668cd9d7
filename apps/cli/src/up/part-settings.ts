import { join } from 'node:path'
import type { Cluster } from './choose-cluster.ts'
import type { StateFolder } from './state-folder.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The tool server's environment: the person's own, with what an embedded installation decides for itself. */
export function mcpSettings(env: Environment, state: StateFolder, cluster: Cluster): Environment {
  return {
    ...env,
    ...secrets(env, state),
    ...cluster.settings,
    MCP_GRANT_PUBLIC_KEYS_FILE: state.grantPublicKeysFile,
    MCP_GRANT_JWKS_URL: undefined,
  }
}

/** The engine's environment. `port` 0 leaves the address to the engine, and with it what people open. */
export function engineSettings(env: Environment, state: StateFolder, mcpUrl: string, port: number): Environment {
  return {
    ...env,
    ...secrets(env, state),
    JWT_SECRET: env.JWT_SECRET || state.jwtSecret,
    GRANT_SIGNING_KEY_FILE: state.grantKeyFile,
    AUDIT_SINKS: env.AUDIT_SINKS || `file:${join(state.path, 'audit.ndjson')}`,
    MCP_SERVER_URL: mcpUrl,
    HOST: env.HOST || '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: env.PUBLIC_URL || (port === 0 ? undefined : `http://localhost:${port}`),
  }
}

/** Both parts have to agree on these. */
function secrets(env: Environment, state: StateFolder) {
  const isGiven = Boolean(env.REDACTION_KEY || env.REDACTION_KEY_FILE)
  return {
    MCP_AUTH_TOKEN: env.MCP_AUTH_TOKEN || state.mcpAuthToken,
    ...(isGiven ? {} : { REDACTION_KEY: state.redactionKey }),
  }
}
