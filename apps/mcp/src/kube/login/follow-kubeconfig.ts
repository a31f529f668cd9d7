import { clusterOf, type Kubeconfig } from './kubeconfig.ts'

/** The kubeconfig as its files have it now: the same object as long as none of them has changed. */
export type ReadKubeconfig = () => Promise<Kubeconfig>

/**
 * Who a context logs in as, as its files say it from time to time. Where it leads to stays as it was at the start: a
 * file that is replaced must not take a running server to another cluster. Whatever is wrong with what is read later is
 * reported, and the last that was right stays.
 */
export function followKubeconfig(
  config: Kubeconfig,
  { read, report }: { read: ReadKubeconfig; report: (fault: string) => void },
): ReadKubeconfig {
  const start = clusterOf(config)
  let seen: Kubeconfig | undefined
  let last = config
  const take = (files: Kubeconfig): void => {
    const next = { ...files, currentContext: config.currentContext }
    const cluster = clusterOf(next)
    const context = `context "${config.currentContext}"`
    if (cluster === undefined) throw new Error(`${context} has no cluster there any more`)
    if (cluster.server !== start?.server || cluster.proxyUrl !== start.proxyUrl)
      throw new Error(`${context} leads to another address there, which counts from the next start on`)
    last = next
  }
  return async () => {
    try {
      const files = await read()
      if (files !== seen) {
        seen = files
        take(files)
      }
    } catch (fault) {
      report(`${fault instanceof Error ? fault.message : String(fault)}; the login read before stays`)
    }
    return last
  }
}
