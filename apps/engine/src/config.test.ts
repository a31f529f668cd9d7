import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { describe, expect, test } from 'vitest'
import { parseConfig, settingWarnings } from './config.ts'

const secrets = {
  JWT_SECRET: 'x'.repeat(32),
  GRANT_SIGNING_KEY_FILE: '/keys/grant.jwk',
  REDACTION_KEY: Buffer.alloc(32, 1).toString('base64'),
}

function faultsOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ name }) => name)
    throw error
  }
  return []
}

describe('the engine', () => {
  test('starts with its secrets alone', () => {
    const config = parseConfig(secrets)
    expect(config).toMatchObject({
      API_V1_STR: '/api/v1',
      PORT: 8080,
      RATE_LIMIT_PER_MINUTE: 100,
      LOG_LEVEL: 'info',
      DEBUG: false,
      JWT_ACCESS_TOKEN_EXPIRE_MINUTES: 15,
      AUDIT_SINKS: ['stdout'],
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('is not opened to whoever comes first where the tool server acts as whoever is typed', () => {
    const open = { ...secrets, SETUP_SECRET: 'off' }
    expect(faultsOf({ ...open, MCP_IDENTITY: 'impersonate' })).toEqual(['SETUP_SECRET'])
    expect(faultsOf({ ...open, MCP_IDENTITY: 'server' })).toEqual([])
    expect(faultsOf({ ...secrets, SETUP_SECRET: 'x'.repeat(32), MCP_IDENTITY: 'impersonate' })).toEqual([])
    expect(faultsOf({ ...secrets, SETUP_SECRET: 'short' })).toEqual(['SETUP_SECRET'])
  })

  test('does not start without them, nor with the ones that stand in examples, unless DEBUG is on', () => {
    expect(faultsOf({})).toEqual(['JWT_SECRET', 'GRANT_SIGNING_KEY_FILE', 'REDACTION_KEY'])
    for (const JWT_SECRET of ['CHANGE_ME_IN_PRODUCTION', 'your-jwt-secret'])
      expect(faultsOf({ ...secrets, JWT_SECRET })).toEqual(['JWT_SECRET'])
    expect(faultsOf({ DEBUG: 'true' })).toEqual([])
  })

  test('reports missing secrets and bad values together', () => {
    expect(faultsOf({ PORT: 'eighty', LOG_LEVEL: 'loud' }).sort()).toEqual(
      ['GRANT_SIGNING_KEY_FILE', 'JWT_SECRET', 'LOG_LEVEL', 'PORT', 'REDACTION_KEY'].sort(),
    )
  })

  test.each([
    ['PORT', '70000'],
    ['DEBUG', 'maybe'],
    ['API_V1_STR', 'api'],
    ['POSTGRES_DATABASE_URL', 'mysql://db'],
    ['REDIS_URL', 'http://redis'],
    ['JWT_ALGORITHM', 'none'],
    ['CORS_ALLOWED_ORIGINS', '*'],
    ['TRUSTED_PROXIES', '10.0.0.0/64'],
    ['LLM_CONTEXT_WINDOW_MESSAGES', '3'],
    ['LLM_REASONING_EFFORT', 'extreme'],
    ['VERIFY_WAIT_SECONDS', '271'],
    ['AUDIT_SINKS', 'stdout,http://plain'],
    ['REDACTION_KEY', 'c2hvcnQ='],
    ['EXEC_READ_ALLOWLIST', 'yes'],
  ])('refuses a bad %s', (name, value) => {
    expect(faultsOf({ ...secrets, [name]: value })).toEqual([name])
  })

  test('takes an empty string as unset, the three forms of a database address, and keys of providers', () => {
    expect(parseConfig({ ...secrets, PORT: '' }).PORT).toBe(8080)
    for (const scheme of ['postgres', 'postgresql', 'postgresql+psycopg'])
      expect(parseConfig({ ...secrets, POSTGRES_DATABASE_URL: `${scheme}://db/x` }).POSTGRES_DATABASE_URL).toBe(
        'postgres://db/x',
      )
    expect(parseConfig({ ...secrets, OPENAI_API_KEY: 'k', HF_TOKEN: 't', OTHER_TOKEN: 'o' }).PROVIDER_KEYS).toEqual({
      OPENAI_API_KEY: 'k',
      HF_TOKEN: 't',
    })
  })

  test('warns of a short secret and of names without effect', () => {
    expect(settingWarnings({ JWT_SECRET: 'short', MODEL_NAME: 'gpt-3' })).toHaveLength(2)
  })
})
