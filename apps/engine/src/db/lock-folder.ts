import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Another process has the folder: for the person who starts the second one. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'

  constructor(dir: string) {
    super(`The folder ${dir} is in use by another process.`)
  }
}

/** Longer paths of sockets are refused by some systems. */
const LONGEST_SOCKET_PATH = 99

/**
 * Takes a folder for this process, by listening on a socket beside it: the kernel lets go of it whatever way a process
 * ends. Resolves to the function that gives it back. Throws FolderInUseError.
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const path = socketPath(await realpath(dir))
  let server = await listen(path)
  if (server === undefined) {
    if (await answers(path)) throw new FolderInUseError(dir)
    await rm(path, { force: true }) // its process has died
    server = await listen(path)
    if (server === undefined) throw new FolderInUseError(dir)
  }
  const held = server
  return () => new Promise((closed) => held.close(() => closed()))
}

function socketPath(dir: string): string {
  const name = `fairlead-${createHash('sha256').update(dir).digest('hex').slice(0, 24)}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  const beside = `${dir}.lock`
  return Buffer.byteLength(beside) <= LONGEST_SOCKET_PATH ? beside : join(tmpdir(), `${name}.lock`)
}

/** Undefined when the address is taken. */
async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy())
  server.unref()
  try {
    await once(server.listen(path), 'listening')
    return server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
