'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { useNow } from '../../ui/browser/use-now.ts'
import { formatDuration } from '../../ui/format/format-duration.ts'

/** How long a call took, or takes already. */
export function CallDuration({ call: { started_at, ended_at, status } }: { call: CallView }) {
  const start = started_at === undefined ? Number.NaN : Date.parse(started_at)
  if (Number.isNaN(start)) return null
  if (ended_at !== undefined) return formatDuration(Date.parse(ended_at) - start)
  return status === 'executing' ? <Elapsed since={start} /> : null
}

function Elapsed({ since }: { since: number }) {
  const seconds = Math.max(0, Math.floor((useNow(1_000) - since) / 1_000))
  return <span>{seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000)}</span>
}
