import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isOver, withCondition } from '../runtime/pod-state.ts'
import type { Condition, ContainerStatus, Node, Pod, PodPhase } from '../runtime/shapes.ts'
import { missingVolume } from './container-environment.ts'
import { type ContainerHost, ContainerRun } from './container-run.ts'
import { delayOf, simulatedMode } from './simulated-mode.ts'

const MOUNT_RETRY_MS = 15_000
const STOPS_WITHIN_MS = 100

/** One pod on its node, from its placement to its end. */
export class PodRun implements ContainerHost {
  readonly #client: Client
  readonly #onBug: (error: unknown) => void
  #pod: Pod
  #inits: ContainerRun[] = []
  #containers: ContainerRun[] = []
  readonly #timers = new Set<() => void>()
  #isStopped = false
  #isEnding = false
  #isMounted = false
  #isSyncing = false
  #mayBeReady = true

  constructor(client: Client, pod: Pod, onBug: (error: unknown) => void) {
    this.#client = client
    this.#pod = pod
    this.#onBug = onBug
  }

  get namespace(): string {
    return this.#pod.metadata.namespace
  }

  get pod(): Pod {
    return this.#pod
  }

  start(): void {
    if (isOver(this.#pod)) return
    const runner = (kind: 'init' | 'regular') => (container: Pod['spec']['containers'][number]) =>
      new ContainerRun(this.#client, this, container, kind)
    this.#inits = (this.#pod.spec.initContainers ?? []).map(runner('init'))
    this.#containers = this.#pod.spec.containers.map(runner('regular'))
    for (const each of [...this.#inits, ...this.#containers]) each.recall(this.#pod.status)
    const wait = delayOf(this.#pod, 'ready-after')
    if (wait) {
      this.#mayBeReady = false
      this.later(wait, () => {
        this.#mayBeReady = true
        this.sync()
      })
    }
    this.#mount()
    if (this.#pod.metadata.deletionTimestamp !== undefined) this.update(this.#pod)
  }

  stop(): void {
    this.#isStopped = true
    for (const each of [...this.#inits, ...this.#containers]) each.stop()
    for (const stop of this.#timers) stop()
    this.#timers.clear()
  }

  /** The pod has changed: its containers may have other images, or it is to end. */
  update(pod: Pod): void {
    if (this.#isStopped) return
    this.#pod = pod
    if (isOver(pod) && !this.#containers.every((each) => each.isOver)) {
      this.stop() // somebody else has said how it ended
    }
    if (pod.metadata.deletionTimestamp !== undefined && !this.#isEnding) this.#end()
  }

  retryConfiguration(): void {
    if (!this.#isMounted) this.later(100, () => this.#mount())
    else for (const each of [...this.#inits, ...this.#containers]) each.retryConfiguration()
  }

  checkSoon(): void {
    for (const each of this.#containers) each.checkSoon()
  }

  /** Does something later, unless the pod has ended by then. */
  later(milliseconds: number, task: () => void): () => void {
    const stop = this.#client.cluster.clock.after(milliseconds, () => {
      this.#timers.delete(stop)
      if (this.#isStopped) return
      try {
        task()
      } catch (error) {
        this.#onBug(error)
      }
    })
    this.#timers.add(stop)
    return () => {
      stop()
      this.#timers.delete(stop)
    }
  }

  /** Starts the volumes, and with them the containers. */
  #mount(): void {
    if (this.#isMounted || this.#isStopped) return
    const isHeld = this.#pod.spec.containers.some((each) => simulatedMode(this.#pod, each) === 'pending')
    const missing = isHeld
      ? 'MountVolume.SetUp failed for volume "data" : simulated'
      : missingVolume(this.#client, this.#pod)
    if (missing !== undefined) {
      this.#client.event(this.#pod, {
        type: 'Warning',
        reason: 'FailedMount',
        message: missing,
        host: this.#pod.spec.nodeName,
      })
      this.later(MOUNT_RETRY_MS, () => this.#mount())
      this.sync()
      return
    }
    this.#isMounted = true
    this.#proceed()
    this.sync()
  }

  /** Starts what may start now: init containers one after the other, then the rest at once. */
  #proceed(): void {
    if (!this.#isMounted || this.#isEnding) return
    for (const each of this.#inits) {
      if (each.isDone) continue
      each.begin()
      return
    }
    for (const each of this.#containers) each.begin()
  }

  /** Something about a container is new. */
  changed(): void {
    if (this.#isStopped) return
    this.#proceed()
    this.sync()
  }

  /** Writes how the pod is. */
  sync(): void {
    if (this.#isStopped || this.#isSyncing) return
    this.#isSyncing = true
    try {
      const live = this.#client.get<Pod>(keys.pods, this.namespace, this.#pod.metadata.name)
      if (live === undefined || live.metadata.uid !== this.#pod.metadata.uid) return
      this.#client.changeStatus<Pod>(keys.pods, live, (status) => this.#statusFrom(status, live))
    } finally {
      this.#isSyncing = false
    }
  }

  #statusFrom(status: Pod['status'], live: Pod): Pod['status'] {
    const containerStatuses = this.#containers.map((each) => each.status(this.#mayBeReady && !this.#isEnding))
    const initContainerStatuses = this.#inits.map((each) => each.status(true))
    const node = this.#client.get<Node>(keys.nodes, '', this.#pod.spec.nodeName ?? '')
    const hostIP = node?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '10.0.0.1'
    const phase = this.#phase(containerStatuses, initContainerStatuses)
    const hasAddress = this.#isMounted
    const podIP = hasAddress ? (status.podIP ?? addressOn(this.#client, node, live)) : undefined
    return {
      ...status,
      phase,
      observedGeneration: live.metadata.generation,
      hostIP,
      hostIPs: [{ ip: hostIP }],
      startTime: status.startTime ?? this.#client.timestamp,
      ...(podIP && { podIP, podIPs: [{ ip: podIP }] }),
      conditions: this.#conditions(status.conditions, { phase, containerStatuses, initContainerStatuses }),
      containerStatuses,
      ...(initContainerStatuses.length > 0 && { initContainerStatuses }),
    }
  }

  #phase(containers: readonly ContainerStatus[], inits: readonly ContainerStatus[]): PodPhase {
    const hasFailedInit = this.#inits.some((each, index) => each.isFailedForGood && inits[index]?.state.terminated)
    if (hasFailedInit) return 'Failed'
    if (!containers.every(({ state, lastState }) => state.running || state.terminated || lastState.terminated))
      return 'Pending'
    if (!this.#containers.every((each) => each.isOver)) return 'Running'
    return containers.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  }

  #conditions(
    before: Condition[] | undefined,
    {
      phase,
      containerStatuses,
      initContainerStatuses,
    }: { phase: PodPhase; containerStatuses: ContainerStatus[]; initContainerStatuses: ContainerStatus[] },
  ): Condition[] {
    const isInitialized = initContainerStatuses.every(({ state }) => state.terminated?.exitCode === 0)
    const unready = containerStatuses.filter(({ ready }) => !ready).map(({ name }) => name)
    const isReady = unready.length === 0
    const why: Partial<Condition> =
      phase === 'Succeeded'
        ? { reason: 'PodCompleted' }
        : isReady
          ? {}
          : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
    const as = (status: boolean) => (status ? ('True' as const) : ('False' as const))
    const wanted: Condition[] = [
      { type: 'PodReadyToStartContainers', status: as(this.#isMounted && phase !== 'Succeeded') },
      {
        type: 'Initialized',
        status: as(isInitialized),
        ...(isInitialized ? {} : { reason: 'ContainersNotInitialized' }),
      },
      { type: 'Ready', status: as(isReady && phase === 'Running'), ...why },
      { type: 'ContainersReady', status: as(isReady && phase === 'Running'), ...why },
    ]
    return wanted.reduce(
      (all, each) => withCondition(all, { lastProbeTime: null, ...each }, this.#client.timestamp),
      before ?? [],
    )
  }

  #end(): void {
    this.#isEnding = true
    for (const each of this.#containers) each.sayKilling()
    const wait = delayOf(this.#pod, 'terminate-after')
    const grace = (this.#pod.metadata.deletionGracePeriodSeconds ?? 30) * 1_000
    this.sync()
    this.later(wait ?? Math.min(grace, STOPS_WITHIN_MS), () => {
      for (const each of [...this.#inits, ...this.#containers]) each.stop()
      this.#client.delete(keys.pods, this.#pod, { gracePeriodSeconds: 0 })
    })
  }

  /** A container has ended: whether it shall run again. */
  get restarts(): Pod['spec']['restartPolicy'] {
    return this.#pod.spec.restartPolicy
  }
}

/** A free address of the node. */
function addressOn(client: Client, node: Node | undefined, pod: Pod): string {
  const used = new Set(client.list<Pod>(keys.pods).map(({ status }) => status.podIP))
  const [first, second, third] = (node?.spec.podCIDR ?? '10.244.9.0/24').split('.')
  const start = Number.parseInt(pod.metadata.uid.slice(0, 4), 16) % 250
  for (let step = 0; step < 250; step++) {
    const address = `${first}.${second}.${third}.${2 + ((start + step) % 250)}`
    if (!used.has(address)) return address
  }
  return `${first}.${second}.${third}.254`
}
