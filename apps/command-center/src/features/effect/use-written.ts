'use client'

import type { Effect } from '@fairlead/contract/effect/effect'
import { hidesWhatRuns, hidesWritten } from '@fairlead/contract/effect/effect-words'
import { useState } from 'react'
import { api } from '../../api.ts'
import type { KnownEffect } from './known-effect.ts'

/** What would be written in place of the masks: read on request, gone with the card. */
export type Written = {
  effect: Effect | undefined
  /** Proof that it was had; goes along with the decision. */
  shown: string | undefined
  /** The engine wants it shown, whatever the masks say. */
  mustShow: boolean
  isReading: boolean
  error: string | undefined
  read: () => void
}

type Read = { key: string; effect?: Effect; shown?: string; error?: string; isReading?: boolean }

/** @param key of the effect: what was shown of another one counts for nothing */
export function useWritten(callId: string, key: string, mustShow: boolean): Written {
  const [state, setState] = useState<Read>()
  const current = state?.key === key ? state : undefined
  const read = () => {
    if (current?.isReading) return
    setState({ key, isReading: true })
    const keep = (result: Omit<Read, 'key'>) => setState((now) => (now?.key === key ? { key, ...result } : now))
    api.call('GET /approvals/:call_id/unmasked', { params: { call_id: callId } }).then(
      ({ effect, shown }) => keep({ effect, shown }),
      (error: unknown) => keep({ error: error instanceof Error ? error.message : String(error) }),
    )
  }
  return {
    effect: current?.effect,
    shown: current?.shown,
    mustShow,
    isReading: current?.isReading === true,
    error: current?.error,
    read,
  }
}

/** Something that would be written is hidden, and was not shown yet. */
export function hidesSome(
  masks: KnownEffect['masks'],
  { shown, mustShow }: Pick<Written, 'shown' | 'mustShow'>,
): boolean {
  return shown === undefined && (mustShow || hidesWritten(masks))
}

/** Nobody approves it before it was shown. */
export function hidesRunning(
  masks: KnownEffect['masks'],
  { shown, mustShow }: Pick<Written, 'shown' | 'mustShow'>,
): boolean {
  return shown === undefined && (mustShow || hidesWhatRuns(masks))
}
