'use client'

import { BusyCard } from './busy-card.tsx'
import type { CallCardProps } from './call-card.tsx'
import { EndedCard } from './ended-card.tsx'
import { isOnItsWay } from './is-on-its-way.ts'

/** A write that waits for nobody any more. */
export function DecidedCard(props: CallCardProps) {
  return isOnItsWay(props.call) ? <BusyCard {...props} /> : <EndedCard {...props} />
}
