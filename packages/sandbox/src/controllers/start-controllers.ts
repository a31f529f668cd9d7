import type { Cluster } from '../api/cluster.ts'
import { budgets } from './budgets.ts'
import { claims, makeStorageClass } from './claims.ts'
import { Client } from './client.ts'
import { cronJobs } from './cron-job.ts'
import { daemonSets } from './daemon-set.ts'
import { definitions } from './definitions.ts'
import { deployments } from './deployment.ts'
import { endpoints } from './endpoints.ts'
import { garbage } from './garbage.ts'
import { jobs } from './job.ts'
import { runKubelet } from './kubelet.ts'
import { namespaces } from './namespaces.ts'
import { makeNodes, nodes } from './nodes.ts'
import { oldEvents } from './old-events.ts'
import { quotas } from './quotas.ts'
import { replicaSets } from './replica-set.ts'
import { runControllers } from './run-controllers.ts'
import { scheduler } from './scheduler.ts'
import { statefulSets } from './stateful-set.ts'

/** Everything that works on the cluster by itself; call the answer to stop it. */
export function startControllers(cluster: Cluster, onBug: (error: unknown) => void): () => void {
  const as = (name: string) => new Client(cluster, name)
  makeNodes(as('kubelet'))
  makeStorageClass(as('kube-controller-manager'))
  const stopControllers = runControllers(
    cluster,
    [
      namespaces(as('kube-controller-manager')),
      definitions(as('kube-apiserver')),
      deployments(as('deployment-controller')),
      replicaSets(as('replicaset-controller')),
      statefulSets(as('statefulset-controller')),
      daemonSets(as('daemonset-controller')),
      jobs(as('job-controller')),
      cronJobs(as('cronjob-controller')),
      endpoints(as('kube-controller-manager')),
      budgets(as('disruption-controller')),
      claims(as('persistentvolume-controller')),
      quotas(as('kube-controller-manager')),
      garbage(as('kube-controller-manager')),
      oldEvents(as('kube-apiserver')),
      nodes(as('kubelet')),
      scheduler(as('default-scheduler')),
    ],
    onBug,
  )
  const stopKubelet = runKubelet(as('kubelet'), onBug)
  return () => {
    stopKubelet()
    stopControllers()
  }
}
