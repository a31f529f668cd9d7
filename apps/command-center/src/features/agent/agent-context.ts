'use client'

import type { AgentContext } from '@fairlead/contract/endpoints/agent'
import { useEffect, useSyncExternalStore } from 'react'
import { api } from '../../api.ts'
import { createSignal } from '../../ui/create-signal.ts'

const everyMs = 60_000
const context = createSignal<AgentContext | undefined>(undefined)
let isReading = false

async function readContext(): Promise<void> {
  if (isReading || document.visibilityState === 'hidden') return
  isReading = true
  try {
    context.set(await api.call('GET /agent/context'))
  } catch {
    // What was known stays; that the engine is away is said by the banner.
  } finally {
    isReading = false
  }
}

/** Clusters and model that the agent works with, read again while somebody looks. */
export function useAgentContext(): AgentContext | undefined {
  useEffect(() => {
    void readContext()
    const timer = setInterval(() => void readContext(), everyMs)
    const onVisible = () => void readContext()
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [])
  return useSyncExternalStore(context.subscribe, context.get, () => undefined)
}
