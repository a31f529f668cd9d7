import type { RequestOptions } from 'node:https'
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import type { ReadKubeconfig } from './follow-kubeconfig.ts'
import { clusterOf, contextOf, type Kubeconfig, userOf } from './kubeconfig.ts'
import { tokenFileLogin } from './token-file.ts'

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
 * Logs in to the cluster of the current context. Each call reads the login's files again and asks a provider whose login
 * has run out. Rejects where the kubeconfig, a file of it or its provider has no login.
 */
export function createLogin(read: ReadKubeconfig): () => Promise<Login> {
  // One for as long as the kubeconfig stays as it is: it keeps what providers gave.
  let library: { of: Kubeconfig; config: KubeConfig } | undefined
  return async () => {
    const kubeconfig = await read()
    if (library?.of !== kubeconfig) library = { of: kubeconfig, config: inLibrary(kubeconfig) }
    return logIn(library.config)
  }
}

function inLibrary(kubeconfig: Kubeconfig): KubeConfig {
  const { clusters, contexts, currentContext } = kubeconfig
  const cluster = clusterOf(kubeconfig)
  if (cluster === undefined) throw new Error(`The kubeconfig has no cluster for its context "${currentContext}"`)
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw new Error(`${cluster.server} is not HTTPS, and its kubeconfig does not say insecure-skip-tls-verify`)
  // Without a user the library leaves out the cluster's certificate, too.
  const nobody = { name: contextOf(kubeconfig)?.user ?? '' }
  const users = userOf(kubeconfig) === undefined ? [...kubeconfig.users, nobody] : kubeconfig.users
  const config = new KubeConfig()
  config.addAuthenticator(tokenFileLogin)
  config.loadFromOptions({ clusters, users, contexts, currentContext })
  return config
}

async function logIn(config: KubeConfig): Promise<Login> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options
  const isProxied = Boolean(config.getCurrentCluster()?.proxyUrl)
  return {
    headers: {
      ...(auth && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
      ...Object.fromEntries(Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)])),
    },
    tls: { ca, cert, key, servername, rejectUnauthorized, agent: isProxied ? options.agent : undefined },
    connect: isProxied ? () => throughProxy(config) : undefined,
  }
}

/** The library's own dispatcher, which knows every kind of proxy. */
async function throughProxy(config: KubeConfig): Promise<Dispatcher | undefined> {
  const context = new RequestContext(config.getCurrentCluster()?.server ?? '', HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return context.getDispatcher()
}
