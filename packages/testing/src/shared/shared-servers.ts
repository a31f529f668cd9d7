import { type ApiServer, connectApiServer } from '../cluster/api-server.ts'
import type { ApiServerAddress } from '../cluster/api-server-address.ts'
import { MissingPart } from '../servers/missing-part.ts'
import { connectPostgres, type Postgres } from '../servers/postgres.ts'
import { connectRedis, type RedisServer } from '../servers/redis.ts'
import type { SharedPart, SharedServerAnswer } from './shared-servers.setup.ts'

/**
 * The run's one API server, with nodes and an audit log at RequestResponse. It is started on first demand and ends
 * with the run, so tests work in namespaces of their own and leave cluster-wide objects alone. FAIRLEAD_CLUSTER=sandbox
 * has it be the sandbox.
 */
export async function sharedApiServer(): Promise<ApiServer> {
  return connectApiServer(JSON.parse(await ask('api-server')) as ApiServerAddress)
}

/** The run's one Postgres; each test file makes its own database. */
export async function sharedPostgres(): Promise<Postgres> {
  return connectPostgres(await ask('postgres'))
}

/** The run's one Redis. Tests that freeze or restart theirs start their own with `startRedis`. */
export async function sharedRedis(): Promise<RedisServer> {
  return connectRedis(await ask('redis'))
}

async function ask(part: SharedPart): Promise<string> {
  const url = process.env.FAIRLEAD_SHARED_SERVERS
  if (!url) throw new Error('shared servers belong to a vitest run: start your own with startPostgres and the like')
  const answer = (await (await fetch(`${url}/${part}`)).json()) as SharedServerAnswer
  if (answer.is === 'running') return answer.address
  if (answer.is === 'missing') throw new MissingPart(answer.part, answer.how)
  throw new Error(answer.message)
}
