'use client'

import { Popover } from '../../ui/popover.tsx'

const look =
  'inline-flex h-6.5 min-w-0 items-center rounded-full border border-line px-2.25 text-sm whitespace-nowrap text-ink-2'

/** Which model answers. A guided demo is called one, and says how a real model is connected. */
export function ModelLine({ id, isDemo }: { id: string; isDemo: boolean }) {
  if (!isDemo)
    return (
      <span className={`${look} max-md:hidden`}>
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
          className={`${look} cursor-pointer transition-colors duration-120 hover:border-line-strong aria-expanded:border-line-strong`}
        >
          demo<span className="whitespace-pre max-sm:sr-only"> model</span>
        </button>
      }
    >
      <p className="font-medium">This is a guided demo</p>
      <p className="mt-1 text-ink-2">
        Fixed rules read your cluster and answer; no language model does. For a real one, start Fairlead with{' '}
        <Code>LLM_MODEL</Code>, such as <Code>anthropic/claude-sonnet-4-5</Code>, and with the provider's key, such as{' '}
        <Code>ANTHROPIC_API_KEY</Code>.
      </p>
    </Popover>
  )
}

function Code({ children }: { children: string }) {
  return <code className="rounded-sm bg-sunken px-1 py-px font-mono text-xs wrap-anywhere text-ink">{children}</code>
}
