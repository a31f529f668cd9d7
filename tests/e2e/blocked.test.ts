import { expect, test } from 'vitest'
import { newFolder, startUp } from './start-up.fixture.ts'

test('a Fairlead that is blocked ends itself, says so in one sentence, and starts again', {
  timeout: 180_000,
}, async () => {
  await using folder = await newFolder()
  const args = ['--port', '0', '--state', 'state']
  const env = { NODE_OPTIONS: `--import ${import.meta.resolve('@fairlead/testing/servers/stand-still-on-signal')}` }
  const up = await startUp({ args, env, cwd: folder.path })
  process.kill(up.pid, 'SIGUSR2')
  const { code, signal, stderr } = await up.ended
  expect({ code, signal }).toEqual({ code: 70, signal: null })
  expect(stderr).toMatch(/"stack":" +at standStill \(file:/)
  expect(stderr).toMatch(
    /^fairlead: Fairlead was blocked for 30 s and has ended itself, as the line above says: start it again, and its runs go on\.$/m,
  )
  // Its page has gone with it.
  await expect.poll(() => fetch(up.url).catch(() => undefined), { timeout: 15_000 }).toBeUndefined()
  const again = await startUp({ args, cwd: folder.path })
  expect((await fetch(again.url)).status).toBe(200)
  expect(await again.stop()).toMatchObject({ code: 0 })
})
