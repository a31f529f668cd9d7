import { dirname, resolve } from 'node:path'
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { parse } from 'yaml'
import type { Kubeconfig } from './kubeconfig.ts'

type Raw = {
  clusters?: unknown
  users?: { name?: string; user?: Record<string, unknown> | null }[]
  contexts?: unknown
  'current-context'?: string
}

/**
 * The text of a kubeconfig file; paths in it are relative to the file's folder. Throws an Error whose message names what is
 * wrong, without an excerpt: a token might stand in it.
 */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const raw: Raw | null = parse(text, { prettyErrors: false, logLevel: 'error' })
  if (typeof raw !== 'object' || raw === null) throw new Error(`${file} is not a kubeconfig`)
  const found = (path: string) => resolve(dirname(file), path)
  return {
    clusters: newClusters(raw.clusters).map((cluster) => ({
      ...cluster,
      caFile: cluster.caFile && found(cluster.caFile),
    })),
    users: newUsers(raw.users).map((user, index) => {
      const tokenFile = raw.users?.[index]?.user?.tokenFile
      return {
        ...user,
        certFile: user.certFile && found(user.certFile),
        keyFile: user.keyFile && found(user.keyFile),
        // As the library has it for a service account; as kubectl, the file wins over a token beside it.
        ...(typeof tokenFile === 'string' && { ...tokenInFile(found(tokenFile)), token: undefined }),
      }
    }),
    contexts: newContexts(raw.contexts),
    currentContext: raw['current-context'] ?? '',
  }
}

/** Login of a user whose token is replaced in its file from time to time. */
export function tokenInFile(tokenFile: string) {
  return { authProvider: { name: 'tokenFile', config: { tokenFile } } }
}
