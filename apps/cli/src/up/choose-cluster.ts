import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'

export type ClusterOptions = { kubeconfig?: string; context?: string; inCluster?: boolean }
export type Cluster = {
  /** Settings of the tool server. */
  settings: { KUBECONFIG: string; K8S_CONTEXT?: string }
  /** A kubeconfig for `kubectl` whose current context is the chosen one. */
  kubeconfig: string
  /** It is the embedded stand-in, and nobody's own. */
  isSandbox: boolean
}

/** Options that cannot be carried out: one sentence for the person, no stack. */
export class ClusterChoiceError extends Error {
  override readonly name = 'ClusterChoiceError'
}

type Named<Key extends string> = { name: string } & { [key in Key]?: Record<string, unknown> }
type Kubeconfig = {
  'current-context'?: string
  clusters?: Named<'cluster'>[]
  users?: Named<'user'>[]
  contexts?: Named<'context'>[]
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Whether the person has named a cluster at all. A first try must not touch somebody's production, so none is chosen unasked. */
export function isClusterNamed({ kubeconfig, context, inCluster }: ClusterOptions): boolean {
  return Boolean(kubeconfig || context || inCluster)
}

/** The cluster that was named. Throws ClusterChoiceError. */
export async function chooseCluster(
  options: ClusterOptions,
  env: NodeJS.ProcessEnv,
  stateFolder: string,
): Promise<Cluster> {
  const copy = join(stateFolder, 'kubeconfig')
  if (options.inCluster) {
    if (options.kubeconfig || options.context) {
      throw new ClusterChoiceError('--in-cluster does not go with --kubeconfig or --context: choose one.')
    }
    await writePrivate(copy, inCluster(env))
    return { settings: { KUBECONFIG: copy }, kubeconfig: copy, isSandbox: false }
  }
  const files = options.kubeconfig ? [resolve(options.kubeconfig)] : usualFiles(env)
  const merged = merge(await Promise.all(files.map(read)))
  const context = options.context ?? merged['current-context']
  if (!context) throw new ClusterChoiceError(`${files.join(', ')} has no current context: name one with --context.`)
  await writePrivate(copy, only(merged, context, files))
  return { settings: { KUBECONFIG: files.join(delimiter), K8S_CONTEXT: context }, kubeconfig: copy, isSandbox: false }
}

function usualFiles(env: NodeJS.ProcessEnv): string[] {
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
  return named.length > 0 ? named.map((file) => resolve(file)) : [join(homedir(), '.kube/config')]
}

async function read(file: string): Promise<Kubeconfig> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new ClusterChoiceError(`The kubeconfig ${file} cannot be read.`, { cause })
  }
  let config: unknown
  try {
    config = parse(text)
  } catch (cause) {
    // Without the parser's excerpt: it would show what stands around the fault, a token perhaps.
    throw new ClusterChoiceError(`${file} is not a kubeconfig: it is no YAML.`, { cause })
  }
  if (typeof config !== 'object' || config === null) throw new ClusterChoiceError(`${file} is not a kubeconfig.`)
  return withAbsolutePaths(config, dirname(file))
}

/** Paths in a kubeconfig are relative to its own folder, and the copy lies in another one. */
function withAbsolutePaths(config: Kubeconfig, folder: string): Kubeconfig {
  const absolute = (fields: Record<string, unknown> = {}, names: string[]) => {
    const found = names.filter((name) => typeof fields[name] === 'string')
    return { ...fields, ...Object.fromEntries(found.map((name) => [name, resolve(folder, String(fields[name]))])) }
  }
  return {
    ...config,
    clusters: config.clusters?.map((entry) => ({
      ...entry,
      cluster: absolute(entry.cluster, ['certificate-authority']),
    })),
    users: config.users?.map((entry) => ({
      ...entry,
      user: absolute(entry.user, ['client-certificate', 'client-key', 'tokenFile']),
    })),
  }
}

/** As kubectl merges: the first file that names a thing wins. */
function merge(configs: Kubeconfig[]): Kubeconfig {
  return {
    'current-context': configs.map((config) => config['current-context']).find((name) => name),
    clusters: configs.flatMap(({ clusters = [] }) => clusters),
    users: configs.flatMap(({ users = [] }) => users),
    contexts: configs.flatMap(({ contexts = [] }) => contexts),
  }
}

function only(config: Kubeconfig, name: string, files: string[]) {
  const context = config.contexts?.find((entry) => entry.name === name)
  if (!context) {
    const known = config.contexts?.map((entry) => entry.name).join(', ') || 'none'
    throw new ClusterChoiceError(`No context ${name} in ${files.join(', ')}; there is: ${known}.`)
  }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: config.clusters?.filter((entry) => entry.name === context.context?.cluster).slice(0, 1),
    users: config.users?.filter((entry) => entry.name === context.context?.user).slice(0, 1),
    contexts: [context],
    'current-context': name,
  }
}

function inCluster(env: NodeJS.ProcessEnv) {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port) {
    throw new ClusterChoiceError('--in-cluster works in a pod only: KUBERNETES_SERVICE_HOST and _PORT are not set.')
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'in-cluster', cluster: { server, 'certificate-authority': `${serviceAccount}/ca.crt` } }],
    users: [{ name: 'service-account', user: { tokenFile: `${serviceAccount}/token` } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'service-account' } }],
    'current-context': 'in-cluster',
  }
}

async function writePrivate(path: string, config: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
}
