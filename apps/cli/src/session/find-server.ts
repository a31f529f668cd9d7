import { dirname, join, resolve } from 'node:path'
import { CommandError } from '../terminal/command-error.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { httpFetch } from './http-fetch.ts'
import { isRunning, readInstance } from './instance-file.ts'
import { serverAddress } from './server-address.ts'

/** What a person has said about where Fairlead is. */
export type Whereabouts = { server?: string; state?: string }

const STATE = '.fairlead'
const ANSWER_LIMIT_MS = 5000
const elsewhere = 'or name one that runs elsewhere with --server ADDRESS'

/**
 * The address of the API: the one that was named, else that of the instance whose state folder was named, else
 * FAIRLEAD_SERVER, else the instance of the nearest `.fairlead`, here or in a folder above. Throws CommandError with what
 * to do where none of them runs.
 */
export async function findServer(
  { server, state }: Whereabouts,
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<string> {
  if (server !== undefined) return serverAddress(server)
  if (state !== undefined) return await answering(resolve(cwd, state))
  if (env.FAIRLEAD_SERVER) return serverAddress(env.FAIRLEAD_SERVER)
  for (let folder = cwd; ; folder = dirname(folder)) {
    const nearest = join(folder, STATE)
    if ((await readInstance(nearest)) !== undefined) return await answering(nearest)
    if (folder === dirname(folder)) break
  }
  throw new CommandError(
    'unreachable',
    `No Fairlead runs from this folder or one above it: start one with "fairlead up", name its state folder with --state DIR, ${elsewhere}.`,
  )
}

async function answering(folder: string): Promise<string> {
  const instance = await readInstance(folder)
  const [shown, what] = [neutraliseLine(folder), 'start it again with "fairlead up"']
  if (instance === undefined) {
    throw new CommandError('unreachable', `No Fairlead of yours runs from ${shown}: ${what}, ${elsewhere}.`)
  }
  if (!isRunning(instance)) {
    throw new CommandError('unreachable', `The Fairlead of ${shown} has ended: ${what}, ${elsewhere}.`)
  }
  const address = serverAddress(instance.url)
  try {
    const response = await httpFetch(`${address}/health`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    await response.body?.cancel()
  } catch (cause) {
    throw new CommandError(
      'unreachable',
      `The Fairlead of ${shown} does not answer at ${neutraliseLine(instance.url)}: ${what}, ${elsewhere}.`,
      cause,
    )
  }
  return address
}
