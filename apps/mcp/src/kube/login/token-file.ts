import { readFile } from 'node:fs/promises'
import type { KubeConfig, User } from '@kubernetes/client-node'

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0]

const NAME = 'token-file'

/** How a user logs in whose token stands in a file, where it is replaced from time to time. */
export function tokenInFile(path: string): Pick<User, 'authProvider'> {
  return { authProvider: { name: NAME, config: { path } } }
}

/** Reads the file at each login. The library's own way with such files keeps a token for a minute. */
export const tokenFileLogin: Authenticator = {
  isAuthProvider: ({ authProvider }) => authProvider?.name === NAME,
  async applyAuthentication({ authProvider }, options) {
    const token = (await readFile(authProvider.config.path, 'utf8')).trim()
    options.headers = { ...options.headers, Authorization: `Bearer ${token}` }
  },
}
