import { dirname, resolve } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'
import type { Kubeconfig } from './kubeconfig.ts'
import { tokenInFile } from './token-file.ts'

type Raw = { users?: readonly { user?: { tokenFile?: unknown } | null }[] }

/**
 * The text of a kubeconfig file; paths in it are relative to the file's folder. Throws an Error whose message names what
 * is wrong, without an excerpt: a token might stand in it.
 */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  // Read here first, since the library's messages have excerpts, and it does not know `tokenFile`.
  const raw: Raw | null = parse(text, { prettyErrors: false, logLevel: 'error' })
  if (typeof raw !== 'object' || raw === null) throw new Error(`${file} is not a kubeconfig`)
  const config = new KubeConfig()
  config.loadFromString(JSON.stringify(raw))
  config.makePathsAbsolute(resolve(dirname(file)))
  return {
    clusters: config.getClusters(),
    users: config.getUsers().map((user, index) => {
      const tokenFile = raw.users?.[index]?.user?.tokenFile
      if (typeof tokenFile !== 'string') return user
      // As with kubectl, the file wins over a token beside it.
      return { ...user, ...tokenInFile(resolve(dirname(file), tokenFile)), token: undefined }
    }),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext() ?? '',
  }
}
