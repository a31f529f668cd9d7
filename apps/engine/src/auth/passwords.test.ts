import { verify } from '@node-rs/argon2'
import { expect, test, vi } from 'vitest'

test('an unknown user costs what a known one costs: a look at one hash, made alike', async () => {
  // Another file of this worker may have loaded it before.
  vi.resetModules()
  const looks: string[] = []
  vi.doMock('@node-rs/argon2', async (original) => ({
    ...(await original<typeof import('@node-rs/argon2')>()),
    verify: (hashed: string, password: string) => {
      looks.push(hashed.split('$').slice(0, 4).join('$'))
      return verify(hashed, password)
    },
  }))
  const { checkPassword, hashPassword } = await import('./passwords.ts')
  const known = await hashPassword('correct horse battery')
  expect(await checkPassword('wrong password', known)).toBe('wrong')
  expect(looks).toEqual([expect.stringMatching(/^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+$/)])
  expect(await checkPassword('wrong password', undefined)).toBe('wrong')
  expect(await checkPassword('a password that nobody has', undefined)).toBe('wrong')
  expect(looks).toEqual([looks[0], looks[0], looks[0]])
  vi.doUnmock('@node-rs/argon2')
})
