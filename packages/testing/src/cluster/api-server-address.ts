/** Everything there is to know about a running instance; plain data, so that it can be handed to other processes. */
export type ApiServerAddress = {
  /** Path of the kubeconfig of the cluster's administrator. */
  kubeconfig: string
  url: string
  token: string
  caFile: string
  auditLog: string
  stateDir: string
  hasNodes: boolean
  hasController: boolean
  /** Argo Rollouts is installed, with its controller. */
  hasRollouts: boolean
  /** The API server's own certificate and key (PEM files), for a proxy that stands in for it. */
  certFile: string
  keyFile: string
}
