import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Stall } from './stalled-process.fixture.ts'

const LIMIT_MS = 1000

/** A process that stands still in that way, once it is watched. */
function start(stall: Stall, { nodeArgs = [], isRead = true }: { nodeArgs?: string[]; isRead?: boolean } = {}) {
  const script = join(import.meta.dirname, 'stalled-process.fixture.ts')
  const child = spawn(process.execPath, [...nodeArgs, script, stall, String(LIMIT_MS)])
  const said = isRead ? text(child.stderr) : ''
  const exited = once(child, 'exit')
  const ended = exited.then(async ([code, signal]) => ({ code, signal, said: await said }))
  return { child, exited, ended, watched: once(child.stdout, 'data') }
}

describe('a process whose event loop stands still', { timeout: 30_000 }, () => {
  test.each<Stall>(['in a loop', 'among microtasks', 'while it waits', 'as its exit listeners do'])(
    '%s is ended with code 70, and the log says where',
    async (stall) => {
      const { code, said } = await start(stall).ended
      const [line = '', sentence] = said.split('\n')
      expect({ code, sentence }).toEqual({ code: 70, sentence: 'It stood still.' })
      expect(JSON.parse(line)).toMatchObject({
        level: 60,
        name: 'stalled',
        msg: 'The event loop has stood still for 1 s: this process is ended',
        exit_code: 70,
        stack: expect.stringMatching(/at standStill \(file:.*stalled-process\.fixture\.ts:\d+:\d+\)/),
      })
    },
  )

  test('while it writes what nobody reads is ended with code 70', async () => {
    const { child, exited } = start('while it writes what nobody reads', { isRead: false })
    expect(await exited).toEqual([70, null])
    child.stderr.destroy()
  })

  test('outside of JavaScript is killed, and the log says so', async () => {
    const { code, signal, said } = await start('outside of JavaScript').ended
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' })
    expect(said).toMatch(/"signal":"SIGKILL".* has stood still for 1 s, outside of JavaScript: this process is ended/)
  })

  test.each<[Stall, string[]]>([
    ['for less than the limit', []],
    ['for longer, under a debugger', ['--inspect=127.0.0.1:0']],
  ])('%s goes on', async (stall, nodeArgs) => {
    expect(await start(stall, { nodeArgs }).ended).toMatchObject({ code: 0 })
  })

  test('never, but was suspended as a whole, goes on', async () => {
    const { child, ended, watched } = start('never')
    await watched
    child.kill('SIGSTOP')
    await sleep(2 * LIMIT_MS)
    child.kill('SIGCONT')
    expect(await ended).toEqual({ code: 0, signal: null, said: '' })
  })
})
