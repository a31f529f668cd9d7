import { readFile } from 'node:fs/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { type Config, ConfigError } from '../config.ts'

const OWN_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** One cluster of the kubeconfig: its context is the current one of its `config`. */
export type Login = { name: string; config: KubeConfig }

export type Loaded = {
  /** At least one; the first is the default. */
  logins: readonly [Login, ...Login[]]
  /** Contexts of the kubeconfig that name no cluster of it, and that nobody asked for. */
  broken: readonly string[]
  /** Where this server itself runs; undefined outside of a cluster. */
  self: { namespace: string } | undefined
}

/**
 * The kubeconfig files, later ones filling in what earlier ones lack; without any the in-cluster login. Named contexts
 * in their order, else all of the kubeconfig, its current one first.
 */
export async function loadKubeconfig({
  kubeconfig: files,
  contexts,
}: Pick<Config, 'kubeconfig' | 'contexts'>): Promise<Loaded> {
  const { config, self } = await readKubeconfig(files)
  const [first, ...others] = contexts ?? contextsOf(config)
  if (first === undefined || (contexts === undefined && !hasCluster(config, first)))
    throw new ConfigError('K8S_CONTEXT: the kubeconfig has no current context with a cluster.')
  const named = contexts?.find((name) => config.getContextObject(name) === null)
  if (named !== undefined) throw new ConfigError(`K8S_CONTEXT names "${named}", which the kubeconfig has not.`)
  const unusable = [first, ...others].filter((name) => !hasCluster(config, name))
  if (contexts !== undefined && unusable.length > 0)
    throw new ConfigError(`K8S_CONTEXT names "${unusable[0]}", whose cluster the kubeconfig has not.`)
  const usable = others.filter((name) => !unusable.includes(name))
  const login = (context: string, name = context): Login => ({ name, config: inContext(config, context) })
  // Nobody has to tell apart what there is only one of.
  const isAlone = contexts === undefined && usable.length === 0
  return {
    logins: [login(first, isAlone ? 'default' : first), ...usable.map((name) => login(name))],
    broken: unusable,
    self,
  }
}

async function readKubeconfig(files: Config['kubeconfig']): Promise<{ config: KubeConfig; self: Loaded['self'] }> {
  const config = new KubeConfig()
  try {
    if (files === undefined) {
      config.loadFromCluster()
      return { config, self: { namespace: (await readFile(OWN_NAMESPACE_FILE, 'utf8')).trim() } }
    }
    const [first, ...rest] = files
    if (first === undefined) throw new ConfigError('KUBECONFIG names no file.')
    config.loadFromFile(first)
    for (const file of rest) {
      const more = new KubeConfig()
      more.loadFromFile(file)
      fillIn(config, more)
    }
    return { config, self: undefined }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError(
      `KUBECONFIG: no login to a cluster (${cause instanceof Error ? cause.message : String(cause)}).`,
      { cause },
    )
  }
}

/** As kubectl merges: the first file that names a thing wins. */
function fillIn(config: KubeConfig, more: KubeConfig): void {
  const added = <T extends { name: string }>(known: readonly T[], others: readonly T[]): T[] => {
    const names = new Set(known.map(({ name }) => name))
    return [...known, ...others.filter(({ name }) => !names.has(name))]
  }
  config.clusters = added(config.getClusters(), more.getClusters())
  config.users = added(config.getUsers(), more.getUsers())
  config.contexts = added(config.getContexts(), more.getContexts())
  config.currentContext ||= more.getCurrentContext()
}

function contextsOf(config: KubeConfig): readonly string[] {
  const current = config.getCurrentContext()
  const others = config.getContexts().map(({ name }) => name)
  return [...new Set([...(current ? [current] : []), ...others])]
}

function hasCluster(config: KubeConfig, context: string): boolean {
  const found = config.getContextObject(context)
  return found !== null && config.getCluster(found.cluster) !== null
}

function inContext(config: KubeConfig, context: string): KubeConfig {
  const own = new KubeConfig()
  own.loadFromOptions({
    clusters: config.getClusters(),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: context,
  })
  return own
}
