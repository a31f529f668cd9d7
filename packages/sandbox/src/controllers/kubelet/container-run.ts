import { randomBytes } from 'node:crypto'
import { digestOf, repositoryOf, wholeImageName } from '../../images/image-name.ts'
import type { Program } from '../../images/program.ts'
import type { Client } from '../runtime/client.ts'
import type { Container, ContainerState, ContainerStatus, Ended, Pod, Probe } from '../runtime/shapes.ts'
import { ConfigurationFault, environmentOf } from './container-environment.ts'
import { refusedCalls, runOf } from './container-program.ts'
import { type ProbeKind, probeFailure } from './probes.ts'
import { delayOf, isSimulatedTag, simulatedMode } from './simulated-mode.ts'

const PULL_MS = 150
const CALL_EVERY_MS = 5_000
const CONFIG_RETRY_MS = 10_000
const FIRST_BACK_OFF_MS = 10_000
const LONGEST_BACK_OFF_MS = 300_000
const CALM_AFTER_MS = 600_000

/** What a container needs of the pod that it runs in. */
export type ContainerHost = {
  readonly pod: Pod
  readonly restarts: Pod['spec']['restartPolicy']
  /** Something about a container is new. */
  changed(): void
  /** Does something later, unless the pod has ended by then; returns what prevents it. */
  later(milliseconds: number, task: () => void): () => void
}

/** One container of a pod: pulled, started, probed, ended, started again. */
export class ContainerRun {
  readonly #client: Client
  readonly #host: ContainerHost
  readonly #container: Container
  readonly #kind: 'init' | 'regular'
  #state: ContainerState
  #lastState: ContainerState = {}
  #restarts = 0
  #crashes = 0
  #pullFailures = 0
  #isBegun = false
  #isUp = false
  #isReadyByProbe = false
  #isTroubled = false
  #id = ''
  #environment: Record<string, string> = {}
  #timers: (() => void)[] = []
  #waitsForConfiguration = false

  constructor(client: Client, host: ContainerHost, container: Container, kind: 'init' | 'regular') {
    this.#client = client
    this.#host = host
    this.#container = container
    this.#kind = kind
    const isBlocked = kind === 'regular' && (host.pod.spec.initContainers ?? []).length > 0
    this.#state = { waiting: { reason: isBlocked ? 'PodInitializing' : 'ContainerCreating' } }
  }

  get isDone(): boolean {
    const isSidecar = this.#container.restartPolicy === 'Always'
    return this.#state.terminated?.exitCode === 0 || (isSidecar && this.#state.running !== undefined)
  }

  /** It has ended and will not start again. */
  get isOver(): boolean {
    return this.#state.terminated !== undefined && !this.#startsAgain(this.#state.terminated.exitCode)
  }

  get isFailedForGood(): boolean {
    return this.isOver && this.#state.terminated?.exitCode !== 0
  }

  /** What was so before the sandbox was started again. */
  recall(status: Pod['status']): void {
    const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
    const before = all.find(({ name }) => name === this.#container.name)
    if (before === undefined) return
    this.#restarts = before.restartCount
    this.#crashes = before.restartCount
    this.#lastState = before.lastState
    if (before.state.terminated) {
      this.#state = before.state
      this.#isBegun = this.isOver || this.isDone
    }
  }

  begin(): void {
    if (this.#isBegun) return
    this.#isBegun = true
    this.#pull()
  }

  stop(): void {
    for (const stop of this.#timers) stop()
    this.#timers = []
    this.#client.cluster.logs.end(this.#uid, this.#container.name)
  }

  retryConfiguration(): void {
    if (this.#waitsForConfiguration) this.#later(100, () => this.#start())
  }

  checkSoon(): void {
    if (this.#isUp && this.#program?.calls) this.#later(200, () => this.#checkCalls())
  }

  sayKilling(): void {
    if (this.#state.running) this.#say('Normal', 'Killing', `Stopping container ${this.#container.name}`)
  }

  status(mayBeReady: boolean): ContainerStatus {
    const { name, image = '' } = this.#container
    const isRunning = this.#state.running !== undefined
    const isNotReady = simulatedMode(this.#host.pod, this.#container) === 'notready'
    const isReady = isRunning && this.#isReadyByProbe && mayBeReady && !isNotReady
    return {
      name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#kind === 'init' ? this.#state.terminated?.exitCode === 0 : isReady,
      restartCount: this.#restarts,
      image: this.#id ? wholeImageName(image) : image,
      imageID: this.#id ? `${repositoryOf(wholeImageName(image))}@sha256:${digestOf(wholeImageName(image))}` : '',
      ...(this.#id && { containerID: this.#id }),
      started: this.#kind === 'regular' ? isRunning && this.#isUp : isRunning,
    }
  }

  get #program(): Program | undefined {
    return this.#client.cluster.registry.programOf(this.#container)
  }

  get #uid(): string {
    return this.#host.pod.metadata.uid
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { pod } = this.#host
    const container = this.#container.name
    this.#client.event(pod, { type, reason, message, container, host: pod.spec.nodeName })
  }

  #log(text: string): void {
    this.#client.cluster.logs.say(this.#uid, this.#container.name, { at: this.#client.now, text })
  }

  #later(milliseconds: number, task: () => void): void {
    this.#timers.push(this.#host.later(milliseconds, task))
  }

  #wait(reason: string, message?: string): void {
    this.#state = { waiting: { reason, ...(message && { message }) } }
    this.#isUp = false
    this.#host.changed()
  }

  #pull(): void {
    const { image = '' } = this.#container
    const mode = simulatedMode(this.#host.pod, this.#container)
    const isThere = this.#client.cluster.registry.has(image) || isSimulatedTag(image)
    const canBePulled = isThere && mode !== 'imagepullbackoff'
    if (canBePulled && this.#restarts > 0 && this.#container.imagePullPolicy !== 'Always') {
      this.#start()
      return
    }
    this.#say('Normal', 'Pulling', `Pulling image "${image}"`)
    this.#later(PULL_MS, () => {
      if (!canBePulled) {
        this.#failPull(image)
        return
      }
      this.#pullFailures = 0
      const size = 20_000_000 + (Number.parseInt(digestOf(image).slice(0, 6), 16) % 80_000_000)
      const message = `Successfully pulled image "${image}" in ${PULL_MS}ms (${PULL_MS}ms including waiting). Image size: ${size} bytes.`
      this.#say('Normal', 'Pulled', message)
      this.#start()
    })
  }

  #failPull(image: string): void {
    const whole = wholeImageName(image)
    const detail = `failed to pull and unpack image "${whole}": failed to resolve reference "${whole}": ${whole}: not found`
    const message = `Failed to pull image "${image}": rpc error: code = NotFound desc = ${detail}`
    this.#say('Warning', 'Failed', message)
    this.#say('Warning', 'Failed', 'Error: ErrImagePull')
    this.#pullFailures++
    this.#wait('ErrImagePull', `rpc error: code = NotFound desc = ${detail}`)
    this.#later(1_000, () => {
      this.#say('Normal', 'BackOff', `Back-off pulling image "${image}"`)
      this.#say('Warning', 'Failed', 'Error: ImagePullBackOff')
      this.#wait(
        'ImagePullBackOff',
        `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = ${detail}`,
      )
    })
    this.#later(backOff(this.#pullFailures), () => this.#pull())
  }

  #start(): void {
    const { pod } = this.#host
    const { name } = this.#container
    if (this.#state.running) return
    try {
      this.#environment = environmentOf(this.#client, pod, this.#container)
    } catch (error) {
      if (!(error instanceof ConfigurationFault)) throw error
      this.#waitsForConfiguration = true
      this.#say('Warning', 'Failed', `Error: ${error.message}`)
      this.#wait('CreateContainerConfigError', error.message)
      this.#later(CONFIG_RETRY_MS, () => this.#start())
      return
    }
    this.#waitsForConfiguration = false
    this.#id = `containerd://${randomBytes(32).toString('hex')}`
    this.#say('Normal', 'Created', `Created container: ${name}`)
    this.#say('Normal', 'Started', `Started container ${name}`)
    this.#client.cluster.logs.begin(this.#uid, name)
    const run = runOf(this.#client, pod, this.#container, this.#environment)
    for (const line of run.says) this.#log(line)
    this.#state = { running: { startedAt: this.#client.timestamp } }
    this.#isUp = this.#container.startupProbe === undefined
    this.#isReadyByProbe = this.#isUp && this.#container.readinessProbe === undefined
    this.#isTroubled = false
    const since = this.#client.now
    if (run.ends) {
      const { afterMs, code, reason } = run.ends
      this.#later(afterMs, () => this.#ended({ code, reason, since }))
    }
    this.#checkCalls()
    this.#watch(since)
    this.#host.changed()
  }

  /** Probes it, from now on. */
  #watch(since: number): void {
    const { startupProbe, livenessProbe, readinessProbe } = this.#container
    const afterStart = () => {
      if (livenessProbe) this.#probe('Liveness', livenessProbe, { since })
      if (readinessProbe) this.#probe('Readiness', readinessProbe, { since })
    }
    if (!startupProbe) {
      afterStart()
      return
    }
    this.#probe('Startup', startupProbe, {
      since,
      passed: () => {
        this.#isUp = true
        this.#isReadyByProbe = readinessProbe === undefined
        this.#host.changed()
        afterStart()
      },
    })
  }

  #probe(kind: ProbeKind, probe: Probe, { since, passed }: { since: number; passed?: () => void }): void {
    let failures = 0
    const check = () => {
      if (this.#state.running === undefined || this.#startedAt !== since) return
      const why = probeFailure(this.#client, this.#host.pod, this.#container, {
        kind,
        probe,
        isTroubled: this.#isTroubled,
      })
      failures = why === undefined ? 0 : failures + 1
      if (why !== undefined) this.#say('Warning', 'Unhealthy', why)
      if (why === undefined && passed) {
        passed()
        return
      }
      if (kind === 'Readiness')
        this.#setReady(why === undefined || (this.#isReadyByProbe && failures < probe.failureThreshold))
      else if (failures >= probe.failureThreshold) {
        const { name } = this.#container
        this.#say('Normal', 'Killing', `Container ${name} failed ${kind.toLowerCase()} probe, will be restarted`)
        this.#ended({ code: 143, reason: 'Error', since })
        return
      }
      this.#later(probe.periodSeconds * 1_000, check)
    }
    this.#startedAt = since
    this.#later((probe.initialDelaySeconds ?? 0) * 1_000 + 300, check)
  }

  #startedAt = 0

  #setReady(isReady: boolean): void {
    if (this.#isReadyByProbe === isReady) return
    this.#isReadyByProbe = isReady
    this.#host.changed()
  }

  /** Says what it cannot reach, every few seconds as long as it cannot. */
  #checkCalls(): void {
    if (this.#state.running === undefined || !this.#program?.calls) return
    const refused = refusedCalls(this.#client, this.#host.pod, this.#container, this.#environment)
    const wasTroubled = this.#isTroubled
    this.#isTroubled = refused.length > 0
    for (const line of refused) this.#log(line)
    if (wasTroubled && !this.#isTroubled) this.#log('connected')
    this.#stopCalls?.()
    this.#stopCalls = this.#host.later(CALL_EVERY_MS, () => this.#checkCalls())
    this.#timers.push(() => this.#stopCalls?.())
  }

  #stopCalls: (() => void) | undefined

  #ended({ code, reason, since }: { code: number; reason: string; since: number }): void {
    if (this.#state.running === undefined) return
    const ended: Ended = {
      exitCode: code,
      reason,
      startedAt: this.#state.running.startedAt,
      finishedAt: this.#client.timestamp,
      containerID: this.#id,
    }
    this.stop()
    this.#isUp = false
    this.#isReadyByProbe = false
    this.#state = { terminated: ended }
    if (!this.#startsAgain(code)) {
      this.#host.changed()
      return
    }
    if (this.#client.now - since > CALM_AFTER_MS) this.#crashes = 0
    this.#crashes++
    this.#host.changed()
    if (this.#crashes === 1) {
      this.#later(700, () => this.#again(ended))
      return
    }
    const wait = delayOf(this.#host.pod, 'restart-after') ?? backOff(this.#crashes - 1)
    this.#later(500, () => {
      const { metadata } = this.#host.pod
      const named = `${this.#container.name} in pod ${metadata.name}_${metadata.namespace}(${metadata.uid})`
      this.#say('Warning', 'BackOff', `Back-off restarting failed container ${named}`)
      this.#lastState = { terminated: ended }
      const message = `back-off ${durationText(wait)} restarting failed container=${this.#container.name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`
      this.#wait('CrashLoopBackOff', message)
      this.#later(wait, () => this.#again(ended))
    })
  }

  #again(ended: Ended): void {
    this.#lastState = { terminated: ended }
    this.#state = { waiting: { reason: 'ContainerCreating' } }
    this.#restarts++
    this.#pull()
  }

  #startsAgain(code: number): boolean {
    if (this.#container.restartPolicy === 'Always') return true
    if (this.#kind === 'init') return code !== 0 && this.#host.restarts !== 'Never'
    return this.#host.restarts === 'Always' || (this.#host.restarts === 'OnFailure' && code !== 0)
  }
}

function backOff(times: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (times - 1))
}

function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 60) return `${seconds}s`
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
