import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-ports.ts'
import { MissingPart } from './missing-part.ts'
import { findProgram, type ServerProcess, searchPath, startServerProcess, untilUp } from './server-process.ts'

export type RedisServer = {
  url: string
  /** Resolves to the URL of a numbered database that no other test uses. Channels are shared by all of them. */
  newDatabase(): Promise<string>
}
export type OwnRedisServer = RedisServer & {
  /** Another one after a restart. */
  pid(): number
  /** Freezes the server: connections stay open, nothing is answered until `resume`. */
  pause(): void
  resume(): void
  /** Kills the server and starts it again on the same port, with what its last snapshot (`SAVE`) holds, if any was made. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const databases = 4096

export function redisProgram(): string | undefined {
  return findProgram('redis-server', searchPath())
}

/** A real Redis on loopback without persistence. Throws MissingPart without the binary. */
export async function startRedis(): Promise<OwnRedisServer> {
  const command = redisProgram()
  if (!command) throw new MissingPart('Redis', 'Install Debian package redis-server, or put redis-server on PATH.')
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-redis-'))
  const port = await freePort()
  const run = async (): Promise<ServerProcess> => {
    const server = await startServerProcess({
      name: 'redis-server',
      command,
      args: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--save',
        '',
        '--appendonly',
        'no',
        '--databases',
        String(databases),
      ],
      logFile: join(folder, 'redis.log'),
      cwd: folder,
    })
    await untilUp(server, () => answersPing(port))
    return server
  }
  let server = await run()
  return {
    ...connectRedis(`redis://127.0.0.1:${port}`),
    pid: () => server.pid,
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    restart: async () => {
      await server.stop('SIGKILL')
      server = await run()
    },
    stop: async () => {
      server.signal('SIGCONT') // a frozen server would not see the signal to end
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The functions of an instance that somebody else started and owns. */
export function connectRedis(url: string): RedisServer {
  return {
    url,
    newDatabase: async () => {
      const redis = new Redis(url, { lazyConnect: true })
      try {
        const number = await redis.incr('test:databases')
        if (number >= databases) throw new Error(`this Redis has only ${databases} databases`)
        return `${url}/${number}`
      } finally {
        redis.disconnect()
      }
    },
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((answered) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.on('data', (data) => {
      answered(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => answered(false))
  })
}
