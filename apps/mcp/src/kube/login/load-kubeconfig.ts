import { readFile } from 'node:fs/promises'
import { fileVersion } from '@fairlead/service-kit/file-version'
import { ConfigError } from '../../tool/config-error.ts'
import type { ReadKubeconfig } from './follow-kubeconfig.ts'
import { clusterOf, contextOf, type Kubeconfig } from './kubeconfig.ts'
import { parseKubeconfig } from './parse-kubeconfig.ts'
import { tokenInFile } from './token-file.ts'

/** Where a pod finds its service account: `namespace`, `token` and `ca.crt`. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** One cluster of the kubeconfig: its context is the current one of its `config`. */
export type Login = { name: string; config: Kubeconfig }

export type KubeconfigSettings = {
  /** Files; or the API server of the pod that this is, with its service account. */
  kubeconfig: readonly string[] | { server: string }
  /** Undefined: all contexts of the kubeconfig, its current one first. The first is the default. */
  contexts: readonly string[] | undefined
}

export type Loaded = {
  /** At least one; the first is the default. */
  logins: readonly [Login, ...Login[]]
  /** Contexts of the kubeconfig that name no cluster of it, and that nobody asked for. */
  broken: readonly string[]
  /** Where this server itself runs; undefined outside of a cluster. */
  self: { namespace: string } | undefined
  /** Reads the files again once one of them has changed. */
  read: ReadKubeconfig
}

/**
 * The kubeconfig files, later ones filling in what earlier ones lack; without any the in-cluster login. Named contexts
 * in their order, else all of the kubeconfig, its current one first.
 */
export async function loadKubeconfig(
  { kubeconfig: files, contexts }: KubeconfigSettings,
  { serviceAccount = serviceAccountFolder }: { serviceAccount?: string } = {},
): Promise<Loaded> {
  const { config, self, read } = await readKubeconfig(files, serviceAccount)
  const [first, ...others] = contexts ?? contextsOf(config)
  if (first === undefined || (contexts === undefined && !clusterOf(config, first)))
    throw new ConfigError('K8S_CONTEXT: the kubeconfig has no current context with a cluster.')
  const named = contexts?.find((name) => contextOf(config, name) === undefined)
  if (named !== undefined) throw new ConfigError(`K8S_CONTEXT names "${named}", which the kubeconfig has not.`)
  const unusable = [first, ...others].filter((name) => !clusterOf(config, name))
  if (contexts !== undefined && unusable.length > 0)
    throw new ConfigError(`K8S_CONTEXT names "${unusable[0]}", whose cluster the kubeconfig has not.`)
  const usable = others.filter((name) => !unusable.includes(name))
  const login = (context: string, name = context): Login => ({ name, config: { ...config, currentContext: context } })
  // Nobody has to tell apart what there is only one of.
  const isAlone = contexts === undefined && usable.length === 0
  return {
    logins: [login(first, isAlone ? 'default' : first), ...usable.map((name) => login(name))],
    broken: unusable,
    self,
    read,
  }
}

type Found = Pick<Loaded, 'self' | 'read'> & { config: Kubeconfig }

async function readKubeconfig(files: KubeconfigSettings['kubeconfig'], serviceAccount: string): Promise<Found> {
  try {
    if ('server' in files) {
      const namespace = (await readFile(`${serviceAccount}/namespace`, 'utf8')).trim()
      const config = inCluster(files.server, { namespace, serviceAccount })
      return { config, self: { namespace }, read: async () => config }
    }
    const read = readingOf(files)
    return { config: await read(), self: undefined, read }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError(
      `KUBECONFIG: no login to a cluster (${cause instanceof Error ? cause.message : String(cause)}).`,
      { cause },
    )
  }
}

/** The files as one, read again when one of them has changed. */
function readingOf(files: readonly string[]): ReadKubeconfig {
  let last: { version: string; config: Kubeconfig } | undefined
  return async () => {
    const version = (await Promise.all(files.map(fileVersion))).join()
    if (last?.version === version) return last.config
    const [first, ...rest] = await Promise.all(
      files.map(async (file) => parseKubeconfig(await readFile(file, 'utf8'), file)),
    )
    if (first === undefined) throw new ConfigError('KUBECONFIG names no file.')
    last = { version, config: rest.reduce(filledIn, first) }
    return last.config
  }
}

/** The service account of the pod that this is. */
function inCluster(
  server: string,
  { namespace, serviceAccount }: { namespace: string; serviceAccount: string },
): Kubeconfig {
  const name = 'in-cluster'
  return {
    clusters: [{ name, server, caFile: `${serviceAccount}/ca.crt`, skipTLSVerify: false }],
    users: [{ name, ...tokenInFile(`${serviceAccount}/token`) }],
    contexts: [{ name, cluster: name, user: name, namespace }],
    currentContext: name,
  }
}

/** As kubectl merges: the first file that names a thing wins. */
function filledIn(config: Kubeconfig, more: Kubeconfig): Kubeconfig {
  const added = <T extends { name: string }>(known: readonly T[], others: readonly T[]): T[] => {
    const names = new Set(known.map(({ name }) => name))
    return [...known, ...others.filter(({ name }) => !names.has(name))]
  }
  return {
    clusters: added(config.clusters, more.clusters),
    users: added(config.users, more.users),
    contexts: added(config.contexts, more.contexts),
    currentContext: config.currentContext || more.currentContext,
  }
}

function contextsOf({ currentContext, contexts }: Kubeconfig): readonly string[] {
  return [...new Set([...(currentContext ? [currentContext] : []), ...contexts.map(({ name }) => name)])]
}
