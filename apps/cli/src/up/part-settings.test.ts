import { expect, test } from 'vitest'
import { engineSettings, mcpSettings } from './part-settings.ts'
import type { StateFolder } from './state-folder.ts'

const state: StateFolder = {
  path: '/state',
  jwtSecret: 'made-jwt',
  redactionKey: 'made-redaction',
  mcpAuthToken: 'made-token',
  grantKeyFile: '/state/private',
  grantPublicKeysFile: '/state/public',
}
const cluster = { settings: { KUBECONFIG: '/config', K8S_CONTEXT: 'staging' }, kubeconfig: '/state/kubeconfig' }

test('engine and tool server share a token and a redaction key, and each has its half of the grant key', () => {
  const engine = engineSettings({}, state, 'http://127.0.0.1:1/mcp', 3000)
  const mcp = mcpSettings({}, state, cluster)
  expect(engine.MCP_AUTH_TOKEN).toBe(mcp.MCP_AUTH_TOKEN)
  expect(engine.REDACTION_KEY).toBe(mcp.REDACTION_KEY)
  expect(engine.GRANT_SIGNING_KEY_FILE).toBe('/state/private')
  expect(mcp.MCP_GRANT_PUBLIC_KEYS_FILE).toBe('/state/public')
  expect(mcp).not.toHaveProperty('GRANT_SIGNING_KEY_FILE')
})

test('what a person set in the environment stays, but for the cluster they named on the command line', () => {
  const env = { JWT_SECRET: 'own', MCP_AUTH_TOKEN: 'own', REDACTION_KEY_FILE: '/own', KUBECONFIG: '/elsewhere' }
  const engine = engineSettings(env, state, 'http://127.0.0.1:1/mcp', 3000)
  expect(engine).toMatchObject({ JWT_SECRET: 'own', MCP_AUTH_TOKEN: 'own', REDACTION_KEY_FILE: '/own' })
  expect(engine.REDACTION_KEY).toBeUndefined()
  expect(mcpSettings(env, state, cluster)).toMatchObject({ KUBECONFIG: '/config', K8S_CONTEXT: 'staging' })
})

test('an embedded engine listens on loopback, and people open its own address', () => {
  expect(engineSettings({}, state, 'http://127.0.0.1:1/mcp', 4000)).toMatchObject({
    HOST: '127.0.0.1',
    PORT: '4000',
    PUBLIC_URL: 'http://localhost:4000',
  })
})
