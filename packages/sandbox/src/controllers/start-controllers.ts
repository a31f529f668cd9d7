import type { Cluster } from '../api/store/cluster.ts'
import { claims, makeStorageClass } from './cluster/claims.ts'
import { definitions } from './cluster/definitions.ts'
import { endpoints } from './cluster/endpoints.ts'
import { garbage } from './cluster/garbage.ts'
import { namespaces } from './cluster/namespaces.ts'
import { makeNodes, nodes } from './cluster/nodes.ts'
import { oldEvents } from './cluster/old-events.ts'
import { quotas } from './cluster/quotas.ts'
import { scheduler } from './cluster/scheduler.ts'
import { runKubelet } from './kubelet/kubelet.ts'
import { Client } from './runtime/client.ts'
import { runControllers } from './runtime/run-controllers.ts'
import { budgets } from './workloads/budgets.ts'
import { cronJobs } from './workloads/cron-job.ts'
import { daemonSets } from './workloads/daemon-set.ts'
import { deployments } from './workloads/deployment.ts'
import { jobs } from './workloads/job.ts'
import { replicaSets } from './workloads/replica-set.ts'
import { statefulSets } from './workloads/stateful-set.ts'

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
