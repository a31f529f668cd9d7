import { readFile } from 'node:fs/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { type Config, ConfigError } from '../config.ts'

const OWN_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

export type Loaded = {
  kubeconfig: KubeConfig
  /** Where this server itself runs; undefined outside of a cluster. */
  self: { namespace: string } | undefined
}

/** The kubeconfig files, later ones filling in what earlier ones lack; without any the in-cluster login. */
export async function loadKubeconfig({
  kubeconfig: files,
  context,
}: Pick<Config, 'kubeconfig' | 'context'>): Promise<Loaded> {
  const kubeconfig = new KubeConfig()
  try {
    if (files === undefined) {
      kubeconfig.loadFromCluster()
      return { kubeconfig, self: { namespace: (await readFile(OWN_NAMESPACE_FILE, 'utf8')).trim() } }
    }
    const [first, ...rest] = files
    if (first === undefined) throw new ConfigError('KUBECONFIG names no file.')
    kubeconfig.loadFromFile(first)
    for (const file of rest) {
      const more = new KubeConfig()
      more.loadFromFile(file)
      kubeconfig.mergeConfig(more, true)
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError(
      `KUBECONFIG: no login to a cluster (${cause instanceof Error ? cause.message : String(cause)}).`,
      { cause },
    )
  }
  if (context !== undefined) {
    if (kubeconfig.getContextObject(context) === null)
      throw new ConfigError(`K8S_CONTEXT names "${context}", which the kubeconfig has not.`)
    kubeconfig.setCurrentContext(context)
  }
  if (kubeconfig.getCurrentCluster() === null)
    throw new ConfigError('K8S_CONTEXT: the kubeconfig has no current context with a cluster.')
  return { kubeconfig, self: undefined }
}
