'use client'

import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'
import { useCallback, useEffect, useState } from 'react'
import { api } from '../../api.ts'

export type IntegrationList =
  | { state: 'loading' }
  | { state: 'failed'; sentence: string }
  | { state: 'read'; items: readonly IntegrationRead[] }

/** All integrations, and what reads them again. */
export function useIntegrations(): { list: IntegrationList; reload: () => Promise<void> } {
  const [list, setList] = useState<IntegrationList>({ state: 'loading' })
  const reload = useCallback(async () => {
    try {
      setList({ state: 'read', items: await api.call('GET /integrations') })
    } catch (fault) {
      setList({ state: 'failed', sentence: fault instanceof Error ? fault.message : String(fault) })
    }
  }, [])
  useEffect(() => void reload(), [reload])
  return { list, reload }
}
