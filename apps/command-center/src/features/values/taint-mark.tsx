import type { TaintMark as Taint } from '@fairlead/contract/call/call'
import { Telescope } from 'lucide-react'

/** Which call a value came from, where this page knows it. */
export type SourceOf = (callId: string) => { title: string; show: () => void } | undefined

/** A suspicious value, at its very place. */
export function TaintMark({ taint, sourceOf }: { taint: Taint; sourceOf?: SourceOf }) {
  const source = taint.source_call_id === '' ? undefined : sourceOf?.(taint.source_call_id)
  return (
    <span className="inline-flex items-center gap-1 font-sans text-xs text-ask">
      <Telescope aria-hidden="true" className="size-3 shrink-0" />
      <span>
        first appeared in{' '}
        {source === undefined ? (
          'tool output'
        ) : (
          <>
            the output of{' '}
            <a
              href={`#call-${taint.source_call_id}`}
              onClick={(event) => {
                event.preventDefault()
                source.show()
              }}
              className="font-medium underline underline-offset-2"
            >
              {source.title}
            </a>
          </>
        )}
      </span>
    </span>
  )
}
