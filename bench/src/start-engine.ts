import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MessageOptions, type SentMessage, sendMessage } from '@fairlead/testing/engine/send-message'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import type { Reply } from '@fairlead/testing/model/model-script'
import { usageOfTree } from './process-tree.ts'
import type { Servers } from './servers.ts'
import { signIn } from './sign-in.ts'
import { type Measured, startMeasured } from './start-measured.ts'
import { warmUp } from './warm-up.ts'

/** The two ways to run: database and live tail in the engine's process, or Postgres and Redis. */
export type Mode = 'embedded' | 'servers'
export const modes: readonly Mode[] = ['embedded', 'servers']

export type Engine = Measured & {
  api: string
  /** CPU of Postgres and Redis since their start, in milliseconds; 0 when embedded: the engine's own has it. */
  storesCpuMs(): Promise<number>
  /** Postgres of this engine, for what is counted there; undefined when embedded. */
  databaseUrl: string | undefined
  /** A message of the person who is signed in, and its answer. */
  send(replies: readonly Reply[], options?: Partial<MessageOptions>): Promise<SentMessage>
  request(method: string, path: string, body?: unknown): Promise<unknown>
}

const WARM_UP_TURNS = 600

export type EngineOptions = { modelUrl?: string; warmUpTurns?: number }

/** An engine with a database of its own, the first admin signed in, and everything done once before it is measured. */
export async function startEngine(servers: Servers, mode: Mode, options: EngineOptions = {}): Promise<Engine> {
  const { modelUrl, warmUpTurns = WARM_UP_TURNS } = options
  const folder = mode === 'embedded' ? await mkdtemp(join(tmpdir(), 'fairlead-bench-')) : undefined
  const stores = mode === 'servers' ? { postgres: await servers.postgres(), redis: await servers.redis() } : undefined
  const databaseUrl = await stores?.postgres.newDatabase()
  const redisUrl = await stores?.redis.newDatabase()
  const { secrets } = servers
  const measured = await startMeasured('engine', {
    DEBUG: 'true',
    HOST: '127.0.0.1',
    PORT: '0',
    RATE_LIMITING_ENABLED: 'false',
    JWT_SECRET: secrets.jwtSecret,
    SETUP_SECRET: setupSecret,
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '600',
    GRANT_SIGNING_KEY_FILE: secrets.signingKeyFile,
    REDACTION_KEY: secrets.redactionKey,
    AUDIT_SINKS: `file:${join(secrets.folder, 'audit.ndjson')}`,
    MCP_SERVER_URL: (await servers.toolServer()).url,
    LLM_MODEL: 'openai/bench',
    LLM_HOST: modelUrl ?? (await servers.modelUrl()),
    OPENAI_API_KEY: 'none',
    ...(folder !== undefined && { BENCH_DATABASE_FOLDER: join(folder, 'database') }),
    ...(databaseUrl !== undefined && { POSTGRES_DATABASE_URL: databaseUrl }),
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
  })
  const api = `${measured.url}/api/v1`
  const token = await signIn(api)
  const engine: Engine = {
    ...measured,
    api,
    databaseUrl,
    storesCpuMs: async () => {
      if (stores === undefined) return 0
      const usages = await Promise.all([stores.postgres.pid, stores.redis.pid()].map(usageOfTree))
      return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
    },
    send: (replies, options = {}) => sendMessage({ api, token, replies, ...options }),
    request: async (method, path, body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${api}${path}`, { method, headers, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return await answer.json()
    },
    stop: async () => {
      await measured.stop()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
  await warmUp(engine, warmUpTurns)
  return engine
}
