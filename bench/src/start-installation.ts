import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nowMs } from '@fairlead/testing/model/now-ms'

export type Installation = {
  pid: number
  /** Of the page. */
  url: string
  api: string
  /** From the command until the page has answered. */
  startedMs: number
  stop(): Promise<void>
}

/**
 * `./fairlead up` of a checkout as a person runs it, on the sandbox with the demo model. `env` is all of its environment.
 * Rejects when it ends before it answers.
 */
export async function startInstallation(
  checkout: string,
  { stateFolder, env }: { stateFolder: string; env: NodeJS.ProcessEnv },
): Promise<Installation> {
  const before = nowMs()
  const child = spawn(
    join(checkout, 'fairlead'),
    ['up', '--no-open', '--json', '--port', '0', '--state', stateFolder],
    {
      env,
      cwd: tmpdir(), // where no `.env` of a checkout is read
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let written = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text
  })
  const exited = once(child, 'exit')
  const ended = exited.then(([code, signal]) => {
    throw new Error(`fairlead up ended with ${code ?? signal}: ${written}`)
  })
  ended.catch(() => {}) // after the start, `stop` waits for the end
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string]
  const { url, api } = JSON.parse(line) as { url: string; api: string }
  const page = await fetch(url)
  await page.text()
  const startedMs = nowMs() - before
  if (!page.ok || child.pid === undefined) throw new Error(`the page answered with ${page.status}`)
  return {
    pid: child.pid,
    url,
    api,
    startedMs,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
