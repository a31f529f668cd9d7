import { expect, test } from 'vitest'
import { engineSettings, mcpSettings, pageSettings } from './part-settings.ts'
import type { StateFolder } from './state-folder.ts'

const state: StateFolder = {
  path: '/state',
  jwtSecret: 'made-jwt',
  redactionKey: 'made-redaction',
  mcpAuthToken: 'made-token',
  setupSecret: 'made-setup-secret',
  grantKeyFile: '/state/private',
  grantPublicKeysFile: '/state/public',
}
const addresses = { mcpUrl: 'http://127.0.0.1:1/mcp', port: 41_000, pagePort: 3000 }
const cluster = {
  settings: { KUBECONFIG: '/config', K8S_CONTEXT: 'staging' },
  kubeconfig: '/state/kubeconfig',
  isSandbox: false,
}

test('engine and tool server share a token, a redaction key and a place for logins, and each has its half of the grant key', () => {
  const engine = engineSettings({}, state, addresses)
  const mcp = mcpSettings({}, state, cluster)
  expect(engine.MCP_AUTH_TOKEN).toBe(mcp.MCP_AUTH_TOKEN)
  expect(engine.REDACTION_KEY).toBe(mcp.REDACTION_KEY)
  expect(engine.INTEGRATIONS_SECRET_NAMESPACE).toBe(mcp.INTEGRATIONS_SECRET_NAMESPACE)
  expect(engine.GRANT_SIGNING_KEY_FILE).toBe('/state/private')
  expect(mcp.MCP_GRANT_PUBLIC_KEYS_FILE).toBe('/state/public')
  expect(mcp).not.toHaveProperty('GRANT_SIGNING_KEY_FILE')
})

test('what a person set in the environment stays, but for the cluster they named on the command line', () => {
  expect(engineSettings({}, state, addresses).SETUP_SECRET).toBe('made-setup-secret')
  const env = {
    SETUP_SECRET: 'off',
    JWT_SECRET: 'own',
    MCP_AUTH_TOKEN: 'own',
    REDACTION_KEY_FILE: '/own',
    KUBECONFIG: '/elsewhere',
  }
  const engine = engineSettings(env, state, addresses)
  expect(engine).toMatchObject({
    SETUP_SECRET: 'off',
    JWT_SECRET: 'own',
    MCP_AUTH_TOKEN: 'own',
    REDACTION_KEY_FILE: '/own',
  })
  expect(engine.REDACTION_KEY).toBeUndefined()
  expect(mcpSettings(env, state, cluster)).toMatchObject({ KUBECONFIG: '/config', K8S_CONTEXT: 'staging' })
})

test('the model says how much of a conversation it wants to see, where the person does not', () => {
  const windowOf = (env: Record<string, string>, wanted?: number) =>
    engineSettings(env, state, addresses, wanted).LLM_CONTEXT_WINDOW_MESSAGES
  expect(windowOf({}, 120)).toBe('120')
  expect(windowOf({ LLM_CONTEXT_WINDOW_MESSAGES: '30' }, 120)).toBe('30')
  expect(windowOf({})).toBeUndefined()
})

test('the engine listens on loopback alone, wherever the page is asked to', () => {
  expect(engineSettings({ HOST: '0.0.0.0' }, state, { ...addresses, pagePort: 4000 })).toMatchObject({
    HOST: '127.0.0.1',
    PORT: '41000',
    PUBLIC_URL: 'http://localhost:4000',
  })
})

test('only the page believes an outer proxy, and the engine only the page', () => {
  const env = {
    TRUSTED_PROXIES: '10.0.0.0/8',
    PUBLIC_URL: 'https://ops.example.com',
    ALLOWED_HOSTS: 'box.local',
  }
  expect(engineSettings(env, state, addresses)).toMatchObject({
    TRUSTED_PROXIES: '127.0.0.0/8,::1',
    PUBLIC_URL: 'https://ops.example.com',
  })
  expect(pageSettings(env, { port: 3000, apiUrl: 'http://127.0.0.1:41000/api/v1' })).toMatchObject({
    ...env,
    HOST: '127.0.0.1',
    PORT: '3000',
    API_URL: 'http://127.0.0.1:41000/api/v1',
    LOG_LEVEL: 'WARNING',
  })
})

test('the page is given no secret, whatever its name', () => {
  const secrets = {
    JWT_SECRET: 's',
    SETUP_SECRET: 's',
    OPENAI_API_KEY: 's',
    ANTHROPIC_API_KEY: 's',
    POSTGRES_DATABASE_URL: 's',
    REDIS_URL: 's',
    MCP_AUTH_TOKEN: 's',
    REDACTION_KEY: 's',
    KUBECONFIG: 's',
    FAIRLEAD_PASSWORD: 's',
    AWS_SECRET_ACCESS_KEY: 's',
    NODE_OPTIONS: 's',
  }
  const env = { ...secrets, PATH: '/bin', NEXT_PUBLIC_APP_NAME: 'Ops' }
  const settings = pageSettings(env, { port: 0, apiUrl: 'http://127.0.0.1:1/api/v1' })
  expect(settings).toMatchObject({ PATH: '/bin', NEXT_PUBLIC_APP_NAME: 'Ops' })
  for (const name of Object.keys(secrets)) expect(settings).not.toHaveProperty(name)
})
