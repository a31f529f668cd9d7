import { setTimeout as sleep } from 'node:timers/promises'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { podsOfNode } from './pods-of-node.ts'

const POLL_MS = 500

/** Tells when pods have left a node, or were replaced there; one list serves all that are waited for. */
export type Departures = {
  /** False when `until` came first; rejects as reading does, but for what may pass. */
  untilGone(uid: string): Promise<boolean>
}

export function watchDepartures(kube: Kube, node: string, until: AbortSignal): Departures {
  const waiting = new Map<string, PromiseWithResolvers<boolean>>()
  let isPolling = false

  const pollOnce = async (): Promise<void> => {
    const there = new Set((await podsOfNode(kube, node)).map(({ metadata }) => metadata.uid))
    for (const [uid, { resolve }] of waiting) {
      if (there.has(uid)) continue
      waiting.delete(uid)
      resolve(true)
    }
  }
  const poll = async (): Promise<void> => {
    isPolling = true
    try {
      for (; waiting.size > 0 && !until.aborted; await sleep(POLL_MS, undefined, { signal: until }))
        await pollOnce().catch(unlessPassing)
      for (const { resolve } of waiting.values()) resolve(false)
    } catch (fault) {
      for (const { resolve, reject } of waiting.values()) until.aborted ? resolve(false) : reject(fault)
    } finally {
      waiting.clear()
      isPolling = false
    }
  }
  return {
    untilGone(uid) {
      const known = waiting.get(uid) ?? Promise.withResolvers<boolean>()
      waiting.set(uid, known)
      if (!isPolling) void poll()
      return known.promise
    },
  }
}

/** The pods go on leaving while the API server is away. */
function unlessPassing(fault: unknown): void {
  const isPassing = fault instanceof ToolError && /^(Unavailable|Timeout|TooManyRequests)$/.test(fault.code)
  if (!isPassing) throw fault
}
