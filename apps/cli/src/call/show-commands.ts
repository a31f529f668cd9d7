import { visibleLine } from '@fairlead/contract/visible-text'
import type { WaitingCall } from './waiting-call.ts'

/** For whoever has no key to press: what shows the text that would be written. */
export function unmaskCommand({ callId }: Pick<WaitingCall, 'callId'>): string {
  return `fairlead approve ${visibleLine(callId)} --unmasked`
}

/** For the same: what shows the YAML diff and what is fixed for the execution. */
export function detailsCommand({ callId }: Pick<WaitingCall, 'callId'>): string {
  return `fairlead approve ${visibleLine(callId)} --details`
}
