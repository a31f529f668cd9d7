import { EventEmitter } from 'node:events'
import { beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from './logger.ts'
import { createShutdown } from './shutdown.ts'

const log = createLogger({ name: 'test', level: 'silent' })
let source: EventEmitter & { exit: (code: number) => void }
beforeEach(() => {
  source = Object.assign(new EventEmitter(), { exit: vi.fn() })
})

test('aborts first, then closes the last one built first, and ends with 0', async () => {
  const shutdown = createShutdown({ log, process: source })
  const closed: string[] = []
  for (const name of ['database', 'runs', 'http']) {
    shutdown.onClose(name, async () => {
      expect(shutdown.signal.reason).toBe('shutting-down')
      closed.push(name)
    })
  }
  source.emit('SIGTERM', 'SIGTERM')
  expect(await shutdown.finished).toBe(0)
  expect(closed).toEqual(['http', 'runs', 'database'])
})

test('a close that fails or hangs does not keep the others open, and shows in the exit code', async () => {
  const shutdown = createShutdown({ log, limitMs: 20, process: source })
  const database = vi.fn(async () => {})
  shutdown.onClose('database', database)
  shutdown.onClose('http', () => new Promise(() => {}))
  shutdown.onClose('runs', () => Promise.reject(new Error('no')))
  source.emit('SIGINT', 'SIGINT')
  expect(await shutdown.finished).toBe(1)
  expect(database).toHaveBeenCalledOnce()
})

test('a second signal ends the process at once', async () => {
  const shutdown = createShutdown({ log, process: source })
  shutdown.onClose('http', () => new Promise(() => {}))
  source.emit('SIGINT', 'SIGINT')
  expect(source.exit).not.toHaveBeenCalled()
  source.emit('SIGINT', 'SIGINT')
  expect(source.exit).toHaveBeenCalledExactlyOnceWith(130)
})

test('listens no more once it has finished', async () => {
  const shutdown = createShutdown({ log, process: source })
  shutdown.begin()
  await shutdown.finished
  expect(source.listenerCount('SIGTERM') + source.listenerCount('SIGINT')).toBe(0)
})
