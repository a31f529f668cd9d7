import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseSettings, SettingsError } from './parse-settings.ts'

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  MODE: z.enum(['grant', 'read-only', 'confirm']).default('grant'),
  DATABASE_URL: z.string(),
  HOSTS: z
    .string()
    .default('a,b')
    .transform((text) => text.split(',')),
})

function faultsOf(env: Record<string, string | undefined>) {
  try {
    parseSettings(schema, env)
  } catch (error) {
    if (error instanceof SettingsError) return { message: error.message, faults: error.faults }
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('settings', () => {
  test('take their defaults where unset or empty, and leave the rest of the environment out', () => {
    expect(parseSettings(schema, { DATABASE_URL: 'postgres://db', PORT: '', MODE: undefined, HOME: '/root' })).toEqual({
      DATABASE_URL: 'postgres://db',
      PORT: 3000,
      MODE: 'grant',
      HOSTS: ['a', 'b'],
    })
  })

  test('are frozen all the way down', () => {
    const settings = parseSettings(schema, { DATABASE_URL: 'postgres://db' })
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError)
    expect(() => settings.HOSTS.push('c')).toThrow(TypeError)
  })

  test('report every fault together, with the name and what is allowed', () => {
    const { message, faults } = faultsOf({ PORT: '70000', MODE: 'off' })
    expect(faults).toEqual([
      { name: 'PORT', message: expect.stringContaining('65535') },
      { name: 'MODE', message: 'must be one of grant, read-only, confirm' },
      { name: 'DATABASE_URL', message: 'is required' },
    ])
    expect(message).toMatch(/^3 settings are wrong:\n {2}PORT: /)
  })

  test('never repeat a value: it may be a secret', () => {
    expect(faultsOf({ PORT: 's3cret-port', MODE: 's3cret-mode', DATABASE_URL: '' }).message).not.toContain('s3cret')
  })
})
