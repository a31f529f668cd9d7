import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import type { ReadKubeconfig } from './follow-kubeconfig.ts'
import { clusterOf, contextOf, type Kubeconfig, userOf } from './kubeconfig.ts'

/** How requests are sent as the user of a context. */
export type Login = {
  headers: Record<string, string>
  tls: Tls
  /** Opens connections through the cluster's proxy; undefined without one. */
  connect: (() => Promise<Dispatcher | undefined>) | undefined
}

/** `agent` leads through a proxy; without one the connection is direct. */
export type Tls = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized' | 'agent'>

/**
 * Of the current context, to its cluster. Logs in anew at each call: files are read again, a provider is asked once what
 * it gave has run out. Rejects where the kubeconfig, a file of it or its provider has no login.
 */
export function createLogin(read: ReadKubeconfig): () => Promise<Login> {
  let library: { of: Kubeconfig; config: Promise<KubeConfig> } | undefined
  return async () => {
    const config = await read()
    const [cluster, user] = [clusterOf(config), userOf(config)]
    if (cluster === undefined)
      throw new Error(`The kubeconfig has no cluster for its context "${config.currentContext}"`)
    if (!cluster.proxyUrl && !asksProvider(user)) return logIn(cluster, user)
    if (library?.of !== config) library = { of: config, config: inLibrary(config) }
    return logInWith(await library.config)
  }
}

/** Programs and identity providers are the client library's business, as proxies are. */
function asksProvider(user: User | undefined): boolean {
  return Boolean(user?.exec ?? (user?.authProvider && !tokenFileOf(user)))
}

function tokenFileOf(user: User | undefined): string | undefined {
  return user?.authProvider?.config?.tokenFile
}

async function logIn(cluster: Cluster, user: User | undefined): Promise<Login> {
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw new Error(`${cluster.server} is not HTTPS, and its kubeconfig does not say insecure-skip-tls-verify`)
  const tokenFile = tokenFileOf(user)
  const [ca, cert, key, tokenInFile] = await Promise.all([
    bytesOf(cluster.caFile, cluster.caData),
    bytesOf(user?.certFile, user?.certData),
    bytesOf(user?.keyFile, user?.keyData),
    tokenFile === undefined ? undefined : readFile(tokenFile, 'utf8'),
  ])
  const token = user?.token ?? tokenInFile?.trim()
  const basic = user?.username && Buffer.from(`${user.username}:${user.password}`).toString('base64')
  return {
    headers: {
      ...(user?.impersonateUser && { 'Impersonate-User': user.impersonateUser }),
      ...(basic && { Authorization: `Basic ${basic}` }),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    tls: {
      ca,
      cert,
      key,
      servername: cluster.tlsServerName,
      rejectUnauthorized: cluster.skipTLSVerify ? false : undefined,
    },
    connect: undefined,
  }
}

async function bytesOf(file: string | undefined, base64: string | undefined): Promise<Buffer | undefined> {
  if (file) return await readFile(file)
  return base64 ? Buffer.from(base64, 'base64') : undefined
}

/** Loaded only for those who need it: it brings every model of the API, some 850 modules and 80 MB. */
async function inLibrary(kubeconfig: Kubeconfig): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const { clusters, contexts, currentContext } = kubeconfig
  // For nobody the library forgets what certificate the cluster has, too.
  const nobody = { name: contextOf(kubeconfig)?.user ?? '' }
  const users = userOf(kubeconfig) === undefined ? [...kubeconfig.users, nobody] : kubeconfig.users
  const config = new KubeConfig()
  config.loadFromOptions({ clusters, users, contexts, currentContext })
  return config
}

async function logInWith(config: KubeConfig): Promise<Login> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
  )
  if (auth) headers.Authorization = `Basic ${Buffer.from(auth).toString('base64')}`
  const isProxied = Boolean(config.getCurrentCluster()?.proxyUrl)
  return {
    headers,
    tls: { ca, cert, key, servername, rejectUnauthorized, agent: isProxied ? options.agent : undefined },
    connect: isProxied ? () => throughProxy(config) : undefined,
  }
}

/** The library's own dispatcher; it knows every kind of proxy. */
async function throughProxy(config: KubeConfig): Promise<Dispatcher | undefined> {
  const { HttpMethod, RequestContext } = await import('@kubernetes/client-node')
  const context = new RequestContext(config.getCurrentCluster()?.server ?? '', HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return context.getDispatcher()
}
