import type { Clock } from '../../clock.ts'
import { type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { ageOf } from './age.ts'
import type { Cells } from './cells.ts'

export const podCells: Record<string, Cells> = {
  pods: (pod, clock) => {
    const { ready, total, restarts, reason } = stateOf(pod, clock)
    return {
      Ready: `${ready}/${total}`,
      Status: reason,
      Restarts: restarts,
      IP: textAt(pod, 'status', 'podIP') || '<none>',
      Node: textAt(pod, 'spec', 'nodeName') || '<none>',
      'Nominated Node': textAt(pod, 'status', 'nominatedNodeName') || '<none>',
      'Readiness Gates': '<none>',
    }
  },
}

type State = { ready: number; total: number; restarts: string; reason: string }

/** What is wrong with a pod, in one word, by the same rules as the API server's. */
function stateOf(pod: JsonObject, clock: Clock): State {
  const containers = listAt(pod, 'status', 'containerStatuses')
  const inits = listAt(pod, 'status', 'initContainerStatuses')
  const total = listAt(pod, 'spec', 'containers').length
  let reason = textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase') || ''
  let ready = 0
  const blocked = blockedInit(pod, inits)
  if (blocked) {
    reason = blocked
  } else {
    let isRunning = false
    for (const status of containers.toReversed()) {
      const said = containerReason(status)
      if (said) reason = said
      else if (objectAt(status).ready === true && 'running' in objectAt(status, 'state')) {
        isRunning = true
        ready++
      }
    }
    if (reason === 'Completed' && isRunning) {
      const isReady = listAt(pod, 'status', 'conditions').some(
        (each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
      )
      reason = isReady ? 'Running' : 'NotReady'
    }
  }
  const phase = textAt(pod, 'status', 'phase')
  if (textAt(pod, 'metadata', 'deletionTimestamp') && phase !== 'Succeeded' && phase !== 'Failed') {
    reason = textAt(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating'
  }
  return { ready, total, restarts: restartsText(blocked ? inits : containers, clock), reason }
}

function containerReason(status: Json): string | undefined {
  const waiting = textAt(status, 'state', 'waiting', 'reason')
  if (waiting) return waiting
  const ended = objectAt(status, 'state').terminated
  if (ended === undefined) return undefined
  const reason = textAt(ended, 'reason')
  if (reason) return reason
  const signal = numberAt(ended, 'signal')
  return signal ? `Signal:${signal}` : `ExitCode:${numberAt(ended, 'exitCode') ?? 0}`
}

function blockedInit(pod: JsonObject, inits: readonly Json[]): string | undefined {
  const total = listAt(pod, 'spec', 'initContainers').length
  for (const [index, status] of inits.entries()) {
    const ended = objectAt(status, 'state').terminated
    if (ended !== undefined && numberAt(ended, 'exitCode') === 0) continue
    if (ended !== undefined) return `Init:${containerReason(status)}`
    const waiting = textAt(status, 'state', 'waiting', 'reason')
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`
    return `Init:${index}/${total}`
  }
  return undefined
}

function restartsText(statuses: readonly Json[], clock: Clock): string {
  const restarts = statuses.reduce<number>((sum, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0)
  const last = statuses
    .map((each) => textAt(each, 'lastState', 'terminated', 'finishedAt') ?? '')
    .toSorted()
    .at(-1)
  return restarts > 0 && last ? `${restarts} (${ageOf(last, clock)} ago)` : String(restarts)
}
