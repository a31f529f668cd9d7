import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './free-ports.ts'
import { MissingPart } from './missing-part.ts'
import { findProgram, searchPath, startServerProcess, untilUp } from './server-process.ts'

export type Postgres = {
  /** Connection string of the superuser's own database. */
  url: string
  /** Makes an empty database of random name; resolves to its connection string. */
  newDatabase(): Promise<string>
}
export type OwnPostgres = Postgres & {
  /** Of the process that starts all others. */
  pid: number
  stop(): Promise<void>
}

/** The folder of initdb and postgres, or undefined. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...searchPath(), ...versions.map((version) => join(debian, version, 'bin'))]
  return folders.find((folder) => findProgram('initdb', [folder]) && findProgram('postgres', [folder]))
}

/**
 * A real Postgres on loopback, in a folder that goes when it stops. It syncs to disk like a production one, so
 * that what is measured on it counts. Throws MissingPart without binaries.
 */
export async function startPostgres(): Promise<OwnPostgres> {
  const programs = postgresPrograms()
  if (!programs)
    throw new MissingPart('PostgreSQL', 'Install Debian package postgresql, or put initdb and postgres on PATH.')
  const user = await unprivilegedUser()
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-postgres-'))
  const data = join(folder, 'data')
  if (user) {
    await chown(folder, user.uid, user.gid)
    await chmod(folder, 0o711)
  }
  const initdb = ['-D', data, '-U', 'fairlead', '-A', 'trust', '--no-locale', '--encoding=UTF8', '--no-sync']
  await promisify(execFile)(join(programs, 'initdb'), initdb, { cwd: folder, ...user })
  const port = await freePort()
  const server = await startServerProcess({
    name: 'postgres',
    command: join(programs, 'postgres'),
    args: [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=200',
    ],
    logFile: join(folder, 'postgres.log'),
    cwd: folder,
    user,
  })
  const connection = connectPostgres(`postgres://fairlead@127.0.0.1:${port}/postgres`)
  const stop = async () => {
    // Immediate shutdown: no checkpoint of what goes anyway. It ends its own processes, for which it takes five seconds at
    // most; killed before, it would leave them writing into the folder.
    await server.stop('SIGQUIT', 15_000)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilUp(server, () => answers(connection.url))
  } catch (error) {
    await stop()
    throw error
  }
  return { ...connection, pid: server.pid, stop }
}

/** The functions of an instance that somebody else started and owns. */
export function connectPostgres(url: string): Postgres {
  return {
    url,
    newDatabase: async () => {
      const name = `test_${randomBytes(8).toString('hex')}`
      await withClient(url, (client) => client.query(`create database ${name}`))
      const database = new URL(url)
      database.pathname = `/${name}`
      return database.href
    },
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('select 1'))
    return true
  } catch {
    return false
  }
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}

/** Postgres refuses to run as root: then it runs as `postgres`, or as `nobody` where that user is missing. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!found) throw new MissingPart('A user that is not root', 'Add a user named postgres.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}
