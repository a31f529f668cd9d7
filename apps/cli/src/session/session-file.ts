import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

export type Tokens = { email: string; access: string; refresh: string }

/** Sessions by server. A token is sent to the server that issued it, and to no other. */
export type SessionFile = {
  read(server: string): Promise<Tokens | undefined>
  /** Without tokens the server's entry goes. */
  write(server: string, tokens: Tokens | undefined): Promise<void>
}

/** In the XDG state folder, readable by its owner alone. */
export function sessionFile(env: NodeJS.ProcessEnv): SessionFile {
  const given = env.XDG_STATE_HOME ?? ''
  const state = isAbsolute(given) ? given : join(env.HOME || homedir(), '.local/state')
  const path = join(state, 'fairlead/sessions.json')
  const readAll = async (): Promise<Record<string, Tokens>> => {
    try {
      const read: unknown = JSON.parse(await readFile(path, 'utf8'))
      return typeof read === 'object' && read !== null ? (read as Record<string, Tokens>) : {}
    } catch {
      // None yet, or cut short: to sign in makes it anew.
      return {}
    }
  }
  return {
    read: async (server) => {
      const all = await readAll()
      const found = Object.hasOwn(all, server) ? all[server] : undefined
      const isWhole = [found?.email, found?.access, found?.refresh].every((it) => typeof it === 'string')
      return isWhole ? found : undefined
    },
    write: async (server, tokens) => {
      const { [server]: _, ...others } = await readAll()
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await chmod(dirname(path), 0o700)
      const draft = `${path}.${randomBytes(6).toString('hex')}`
      const text = JSON.stringify(tokens ? { ...others, [server]: tokens } : others, null, 2)
      await writeFile(draft, `${text}\n`, { mode: 0o600, flush: true })
      await rename(draft, path)
    },
  }
}
