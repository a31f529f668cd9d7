import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startServerProcess, untilUp } from '../servers/server-process.ts'
import { type ApiServerOptions, connectApiServer, type OwnApiServer, startApiServer } from './api-server.ts'
import type { ApiServerAddress } from './api-server-address.ts'
import { isOnSandbox } from './is-on-sandbox.ts'

const serveSandbox = resolve(import.meta.dirname, '../../../../scripts/serve-sandbox.ts')

/** A cluster whose pods run: the real control plane, or the sandbox where this run is on it. Throws MissingPart. */
export async function startCluster(
  options: Pick<ApiServerOptions, 'audit' | 'kwok' | 'rollouts'> = {},
): Promise<OwnApiServer> {
  return isOnSandbox() ? startSandboxProcess() : startApiServer(options)
}

async function startSandboxProcess(): Promise<OwnApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-sandbox-'))
  const server = await startServerProcess({
    name: 'sandbox',
    command: process.execPath,
    args: [serveSandbox, folder],
    logFile: join(folder, 'sandbox.log'),
  })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const address = join(folder, 'address.json')
  try {
    await untilUp(server, async () => existsSync(address))
    return { ...connectApiServer(JSON.parse(readFileSync(address, 'utf8')) as ApiServerAddress), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
