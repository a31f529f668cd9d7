import { randomBytes } from 'node:crypto'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { describe, expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import { ConfigError } from './tool/config-error.ts'

const key = randomBytes(32).toString('base64')
const open = ['--host', '0.0.0.0']
const faultOf = (env: Record<string, string>, argv: string[] = []): string => {
  try {
    parseConfig(env, argv)
  } catch (error) {
    if (error instanceof ConfigError || error instanceof SettingsError) return error.message
    throw error
  }
  return 'starts'
}

test.each([
  [{ KUBECONFIG: '/a:/b' }, ['/a', '/b']],
  [{ KUBECONFIG: '/a', KUBERNETES_SERVICE_HOST: '10.0.0.1' }, ['/a']],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { server: 'https://10.0.0.1:443' }],
  [{ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }, { server: 'https://[fd00::1]:6443' }],
])('%j: the cluster is found by %j', (env, kubeconfig) => {
  expect(parseConfig(env, []).kubeconfig).toEqual(kubeconfig)
})

describe('what does not fit together stops the start with a sentence', () => {
  test.each<[Record<string, string>, string, string[]?]>([
    [{ MCP_MODE: 'yolo' }, 'MCP_MODE'],
    [{ MCP_READ_ONLY: 'true', MCP_MODE: 'grant' }, 'MCP_READ_ONLY=true'],
    [{ MCP_GRANT_PUBLIC_KEYS_FILE: 'k' }, 'REDACTION_KEY'],
    [{ MCP_GRANT_PUBLIC_KEYS_FILE: 'k', MCP_GRANT_JWKS_URL: 'https://e/x' }, 'MCP_GRANT_JWKS_URL'],
    [{ REDACTION_KEY: key, REDACTION_KEY_FILE: 'f' }, 'REDACTION_KEY_FILE'],
    [{ MCP_GRANT_JWKS_URL: 'http://engine/jwks', REDACTION_KEY: key }, 'MCP_GRANT_JWKS_URL must be https'],
    [{ MCP_REPLICAS: '2' }, 'MCP_REPLICAS'],
    [{ MCP_REPLICAS: '2', MCP_MODE: 'confirm' }, 'MCP_REPLICAS'],
    [{ MCP_GRANT_STORE: 'redis' }, 'MCP_GRANT_REDIS_URL'],
    [{ MCP_MODE: 'confirm', MCP_ALLOW_UNAUTHENTICATED: 'true' }, 'MCP_AUTH_TOKEN', open],
    [{ MCP_IDENTITY: 'impersonate' }, 'MCP_IDENTITY=impersonate'],
    [{ MCP_IDENTITY: 'passthrough', MCP_AUTH_TOKEN: 't' }, 'MCP_AUTH_TOKEN'],
    [{ MCP_IDENTITY: 'passthrough' }, '--transport stdio', ['--transport', 'stdio']],
    [{}, 'MCP_ALLOW_UNAUTHENTICATED', open],
    [{ INTEGRATIONS_SECRET_NAMESPACE: 'default' }, 'INTEGRATIONS_SECRET_NAMESPACE'],
    [{ INTEGRATIONS_SECRET_NAMESPACE: 'kube-system' }, 'INTEGRATIONS_SECRET_NAMESPACE'],
    [{ MCP_MODUS: 'grant' }, 'MCP_MODUS'],
    [{ MCP_RELOAD: 'true' }, 'MCP_SETTINGS_FILE'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf'],
    [{ MCP_TOOLSETS: 'k8s,nope' }, 'MCP_TOOLSETS'],
    [{ MCP_DENIED_KINDS: 'secrets,9x' }, 'MCP_DENIED_KINDS'],
    [{ MCP_DISABLED_TOOLS: 'k8s_nope' }, 'MCP_DISABLED_TOOLS'],
    [{ MCP_MAX_OUTPUT_CHARS: 'many' }, 'MCP_MAX_OUTPUT_CHARS'],
    [{ K8S_CONTEXT: ',' }, 'K8S_CONTEXT'],
    [{ MCP_ENABLED_TOOLS: 'k8s_nope' }, 'MCP_ENABLED_TOOLS'],
    [{}, '--sse', ['--sse', '--transport', 'stdio']],
    [{}, '--transport', ['--transport', 'pigeon']],
    [{}, '--port', ['--port', '70000']],
    [{}, "'--prot'", ['--prot', '1']],
  ])('%j: %s', (env, named, argv) => {
    expect(faultOf(env, argv)).toContain(named)
  })
})

describe('what fits starts', () => {
  test.each<[Record<string, string>, string[]?]>([
    [{}],
    [{ MCP_READ_ONLY: 'true', MCP_MODE: 'read-only' }],
    [{ MCP_READ_ONLY: 'true', MCP_REPLICAS: '3' }],
    [{ MCP_GRANT_JWKS_URL: 'http://127.0.0.1:3000/jwks', REDACTION_KEY: key }],
    [{ MCP_GRANT_STORE: 'redis', REDIS_URL: 'redis://r' }],
    [{ MCP_GRANT_STORE: 'redis', REDIS_URL: 'redis://r', MCP_GRANT_STORE_NOEVICTION: 'true' }],
    [{ MCP_MODE: 'confirm' }],
    [{ MCP_RELOAD: 'true', MCP_SETTINGS_FILE: '/etc/fairlead/settings.env' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }],
    [{ MCP_TOOLSETS: 'k8s,helm,argo,jenkins' }],
    [{ MCP_TOOLSETS: 'k8s,nodes,argocd' }],
    [{ MCP_SSE: 'true', MCP_METRICS: 'true', MCP_EXEC: 'off' }],
    [{ MCP_MODE: 'confirm', MCP_IDENTITY: 'passthrough' }, open],
    [{ MCP_MODE: 'confirm', MCP_AUTH_TOKEN: 't' }, open],
    [{ MCP_ALLOW_UNAUTHENTICATED: 'true' }, open],
    [{ MCP_SERVER_URL: 'http://x', MCP_CALL_TIMEOUT_SECONDS: '3', MCP_TOKEN_OTHER: 'x' }],
  ])('%j', (env, argv) => {
    expect(faultOf(env, argv)).toBe('starts')
  })

  test('flags name the address, and ignored settings are told', () => {
    const config = parseConfig({ RETRY_MAX_DELAY: '3' }, ['--port', '9', '--host', '::1'])
    expect(config).toMatchObject({ port: 9, host: '::1', mode: 'grant', ignored: ['RETRY_MAX_DELAY'] })
  })
})
