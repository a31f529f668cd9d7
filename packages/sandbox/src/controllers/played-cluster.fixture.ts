import { bootstrap } from '../api/objects/bootstrap.ts'
import { type Cluster, createCluster } from '../api/store/cluster.ts'
import { forgetfulJournal } from '../api/store/journal.ts'
import { PodLogs } from '../api/store/pod-logs.ts'
import { Store } from '../api/store/store.ts'
import { type ManualClock, manualClock } from '../manual-clock.fixture.ts'
import { Client } from './runtime/client.ts'
import { keys } from './runtime/keys.ts'
import type { KubeObject, Pod } from './runtime/shapes.ts'
import { startControllers } from './start-controllers.ts'

export type PlayedCluster = {
  cluster: Cluster
  client: Client
  clock: ManualClock
  bugs: unknown[]
  pods(prefix: string): Pod[]
  events(reason: string): string[]
  logs(pod: Pod, previous?: boolean): string[]
  stop(): void
}

/** A whole cluster in memory whose time the test moves; everything stands in the namespace `shop`. */
export async function playCluster(): Promise<PlayedCluster> {
  const clock = manualClock()
  const cluster = createCluster({
    store: new Store(forgetfulJournal(), () => undefined),
    clock,
    logs: new PodLogs(),
    ca: 'certificate',
  })
  bootstrap(cluster)
  const bugs: unknown[] = []
  const stop = startControllers(cluster, (bug) => bugs.push(bug))
  const client = new Client(cluster, 'test')
  client.create(keys.namespaces, '', { metadata: { name: 'shop' } })
  await clock.pass(100)
  return {
    cluster,
    client,
    clock,
    bugs,
    pods: (prefix) => client.list<Pod>(keys.pods, 'shop').filter(({ metadata }) => metadata.name.startsWith(prefix)),
    events: (reason) =>
      client
        .list<KubeObject & { reason: string; message: string }>(keys.events)
        .filter((each) => each.reason === reason)
        .map(({ message }) => message),
    logs: ({ metadata, spec }, previous = false) =>
      (cluster.logs.lines(metadata.uid, spec.containers[0]?.name ?? '', { previous }) ?? []).map(({ text }) => text),
    stop,
  }
}

type Workload = {
  image?: string
  replicas?: number
  container?: object
  pod?: object
  spec?: object
}

/** A Deployment of one container `app`. */
export function deploymentOf(
  name: string,
  { image = 'shop/app:1', replicas = 1, container, pod, spec }: Workload = {},
): object {
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image, ...container }], ...pod },
      },
      ...spec,
    },
  }
}
