'use client'

import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import { Popover } from '../../ui/overlay/popover.tsx'

const classes =
  'inline-flex h-6.5 min-w-0 items-center rounded-full border border-line px-2.25 text-sm whitespace-nowrap text-ink-2'

/** Which model answers. A guided demo is called one, and says how a real model is connected. */
export function ModelLine({ id, isDemo }: { id: string; isDemo: boolean }) {
  if (!isDemo)
    return (
      <span className={`${classes} max-md:hidden`}>
        <span className="sr-only">Model </span>
        <span className="max-w-56 truncate">{id}</span>
      </span>
    )
  return (
    <Popover
      label="Demo model"
      trigger={
        <button
          type="button"
          className={`${classes} cursor-pointer transition-colors duration-120 hover:border-line-strong aria-expanded:border-line-strong`}
        >
          demo<span className="whitespace-pre max-sm:sr-only"> model</span>
        </button>
      }
    >
      <Notice />
    </Popover>
  )
}

const loadNotice = () => import('./demo-notice.tsx').then((it) => it.DemoNotice)

function Notice() {
  const DemoNotice = useLoaded(loadNotice)
  return DemoNotice === undefined ? <Skeleton className="h-24" /> : <DemoNotice />
}
