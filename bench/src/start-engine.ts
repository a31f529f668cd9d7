import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Asked, ask, type Question } from '@fairlead/testing/engine/ask'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import type { Reply } from '@fairlead/testing/model/model-script'
import type { Servers } from './servers.ts'
import { signIn } from './sign-in.ts'
import { type Measured, startMeasured } from './start-measured.ts'
import { warmUp } from './warm-up.ts'

/** The two ways to run: database and live tail in the engine's process, or Postgres and Redis. */
export type Mode = 'embedded' | 'servers'
export const modes: readonly Mode[] = ['embedded', 'servers']

export type Engine = Measured & {
  api: string
  /** Postgres of this engine, for what is counted there; undefined when embedded. */
  databaseUrl: string | undefined
  /** A question of the person who is signed in. */
  ask(replies: readonly Reply[], rest?: Partial<Question>): Promise<Asked>
  request(method: string, path: string, body?: unknown): Promise<unknown>
}

const WARM_UP_TURNS = 600

/** An engine with a database of its own, the first admin signed in, and everything done once before it is measured. */
export async function startEngine(servers: Servers, mode: Mode, modelUrl?: string): Promise<Engine> {
  const folder = mode === 'embedded' ? await mkdtemp(join(tmpdir(), 'fairlead-bench-')) : undefined
  const databaseUrl = mode === 'servers' ? await (await servers.postgres()).newDatabase() : undefined
  const redisUrl = mode === 'servers' ? await (await servers.redis()).newDatabase() : undefined
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
    ask: (replies, rest = {}) => ask({ api, token, replies, ...rest }),
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
  await warmUp(engine, WARM_UP_TURNS)
  return engine
}
