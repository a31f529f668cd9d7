import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from '@fairlead/command-center/build/ensure-built'
import { compiled } from '@fairlead/testing/servers/compiled'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { startServerProcess, untilUp } from '@fairlead/testing/servers/server-process'

/** As `next build` takes it on a busy machine of two cores. */
const BUILD_LIMIT_MS = 300_000

export type Bff = {
  /** Without a trailing slash. */
  url: string
  pid: number
  /** SIGTERM; resolves once it has gone. */
  stop(): Promise<void>
}

export type PageServerOptions = {
  /** The engine's API as the server calls it. */
  apiUrl: string
  env?: Record<string, string>
  /** Where its log is kept. */
  folder: string
}

/** The production build of the page, as a process of its own. */
export async function startPageServer({ apiUrl, env = {}, folder }: PageServerOptions): Promise<Bff> {
  await ensureBuilt({ say: console.info, signal: AbortSignal.timeout(BUILD_LIMIT_MS) })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const started = await startServerProcess({
    name: 'page',
    command: process.execPath,
    args: [fileURLToPath(import.meta.resolve('@fairlead/command-center/main'))],
    logFile: join(folder, `page-${port}.log`),
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), API_URL: apiUrl, ...compiled, ...env },
  })
  await untilUp(started, async () => {
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.status === 200
  })
  return { url, pid: started.pid, stop: () => started.stop() }
}
