'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Effect } from '@fairlead/contract/effect/effect'
import { useState } from 'react'
import { api } from '../../api.ts'

type Shown = { digest: string | undefined; effect?: Effect; shown?: string; error?: string; isReading?: boolean }

export type WrittenOfMany = {
  /** What was shown of the call as it stands; what was shown of another effect counts for nothing. */
  of: (call: CallView) => Omit<Shown, 'digest'> | undefined
  read: (call: CallView) => void
}

/** What would be written in place of masks, for several calls; gone with the list. */
export function useWrittenOfMany(): WrittenOfMany {
  const [all, setAll] = useState<Readonly<Record<string, Shown>>>({})
  const of = ({ call_id, effect_digest }: CallView) => {
    const found = all[call_id]
    return found?.digest === effect_digest ? found : undefined
  }
  const read = (call: CallView) => {
    if (of(call)?.isReading) return
    const { call_id, effect_digest: digest } = call
    const keep = (it: Omit<Shown, 'digest'>) => setAll((now) => ({ ...now, [call_id]: { digest, ...it } }))
    keep({ isReading: true })
    api.call('GET /approvals/:call_id/unmasked', { params: { call_id } }).then(
      ({ effect, shown }) => keep({ effect, shown }),
      (error: unknown) => keep({ error: error instanceof Error ? error.message : String(error) }),
    )
  }
  return { of, read }
}
