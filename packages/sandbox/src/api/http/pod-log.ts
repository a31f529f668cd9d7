import type { ServerResponse } from 'node:http'
import type { Target } from '../objects/write-object.ts'
import type { Cluster } from '../store/cluster.ts'
import type { LogLine } from '../store/pod-logs.ts'
import { type ApiStatusError, badRequest, causes, invalid, notFound } from '../values/api-status-error.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { isTrue, numberOf } from './read-request.ts'
import { writeLine } from './write-line.ts'

/** Sends what a container has said, and with `follow` what it says from now on. Throws ApiStatusError. */
export function sendPodLog(cluster: Cluster, target: Target, query: URLSearchParams, response: ServerResponse): void {
  const pod = cluster.store.get('/pods', target.namespace, target.name)
  if (pod === undefined) throw notFound(target.resource, target.name)
  const options = optionsOf(query)
  const container = containerOf(pod, query.get('container') ?? '')
  const uid = textAt(pod, 'metadata', 'uid') ?? ''
  const status = statusOf(pod, container)
  // Between two runs the last one is the previous one already.
  const isBetween = 'waiting' in objectAt(status, 'state') && 'terminated' in objectAt(status, 'lastState')
  const lines = cluster.logs.lines(uid, container, { previous: options.isPrevious && !isBetween })
  if (lines === undefined) throw notStarted(target.name, container, status, options.isPrevious)
  const written = new Limited(options.limitBytes)
  const since =
    options.sinceMs === undefined ? lines : lines.filter(({ at }) => at >= cluster.clock.now() - (options.sinceMs ?? 0))
  const tail = options.tail === undefined ? since : options.tail === 0 ? [] : since.slice(-options.tail)
  response.writeHead(200, { 'content-type': 'text/plain' })
  for (const line of tail) response.write(written.take(lineText(line, options.hasTimes)))
  const isRunning = 'running' in objectAt(status, 'state')
  if (!options.isFollowed || !isRunning) {
    response.end()
    return
  }
  response.flushHeaders()
  const stop = cluster.logs.follow(uid, container, (line) => {
    if (line === undefined) response.end()
    else writeLine(response, written.take(lineText(line, options.hasTimes)))
  })
  response.on('close', stop)
}

function optionsOf(query: URLSearchParams) {
  const tail = numberOf(query, 'tailLines')
  const limitBytes = numberOf(query, 'limitBytes')
  const sinceSeconds = numberOf(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const found = [
    ...(tail !== undefined && tail < 0
      ? [causes.invalid('tailLines', tail, 'must be greater than or equal to 0')]
      : []),
    ...(limitBytes !== undefined && limitBytes < 1
      ? [causes.invalid('limitBytes', limitBytes, 'must be greater than 0')]
      : []),
    ...(sinceSeconds !== undefined && sinceSeconds < 1
      ? [causes.invalid('sinceSeconds', sinceSeconds, 'must be greater than 0')]
      : []),
  ]
  if (found.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, '', found)
  const sinceMs =
    sinceSeconds !== undefined ? sinceSeconds * 1000 : sinceTime ? Date.now() - Date.parse(sinceTime) : undefined
  return {
    tail,
    limitBytes,
    sinceMs,
    isPrevious: isTrue(query, 'previous'),
    isFollowed: isTrue(query, 'follow'),
    hasTimes: isTrue(query, 'timestamps'),
  }
}

function containerOf(pod: JsonObject, container: string): string {
  const names = (kind: string) => listAt(pod, 'spec', kind).map((each) => textAt(each, 'name') ?? '')
  const regular = names('containers')
  const inits = names('initContainers')
  const podName = textAt(pod, 'metadata', 'name') ?? ''
  if (container === '') {
    const marked = textAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container')
    if (marked && regular.includes(marked)) return marked
    if (regular.length === 1 && regular[0] !== undefined) return regular[0]
    const more = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''
    throw badRequest(
      `a container name must be specified for pod ${podName}, choose one of: [${regular.join(' ')}]${more}`,
    )
  }
  if (![...regular, ...inits].includes(container))
    throw badRequest(`container ${container} is not valid for pod ${podName}`)
  return container
}

function statusOf(pod: JsonObject, container: string): JsonObject {
  const all = [...listAt(pod, 'status', 'containerStatuses'), ...listAt(pod, 'status', 'initContainerStatuses')]
  return objectAt(all.find((each) => textAt(each, 'name') === container))
}

function notStarted(pod: string, container: string, status: JsonObject, isPrevious: boolean): ApiStatusError {
  if (isPrevious) return badRequest(`previous terminated container "${container}" in pod "${pod}" not found`)
  const reason = textAt(status, 'state', 'waiting', 'reason')
  const why =
    reason === 'ImagePullBackOff' || reason === 'ErrImagePull'
      ? reason === 'ErrImagePull'
        ? "image can't be pulled"
        : 'trying and failing to pull image'
      : (reason ?? 'ContainerCreating')
  return badRequest(`container "${container}" in pod "${pod}" is waiting to start: ${why}`)
}

function lineText({ at, text }: LogLine, hasTime: boolean): string {
  return hasTime ? `${new Date(at).toISOString().slice(0, -1)}000000Z ${text}\n` : `${text}\n`
}

/** Text up to a number of bytes. */
class Limited {
  #left: number

  constructor(limit: number | undefined) {
    this.#left = limit ?? Number.POSITIVE_INFINITY
  }

  take(text: string): string {
    const bytes = Buffer.from(text)
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left).toString() : text
    this.#left -= bytes.length
    return this.#left < 0 && part === text ? '' : part
  }
}
