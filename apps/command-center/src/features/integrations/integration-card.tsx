'use client'

import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'
import { CircleCheck, CircleHelp, CircleMinus, Ellipsis, Pencil, Plug, Trash2 } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'
import { Menu } from '../../ui/overlay/menu.tsx'
import { ConnectionTest } from './connection-test.tsx'
import { addressOf, providers, titleOf } from './providers.ts'

const day = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', year: 'numeric' })

type CardProps = { integration: IntegrationRead; mayChange: boolean; onEdit: () => void; onDelete: () => void }

export function IntegrationCard({ integration, mayChange, onEdit, onDelete }: CardProps) {
  const title = titleOf(integration)
  const provider = providers[integration.provider]
  const address = addressOf(integration)
  return (
    <li className="flex min-w-0 flex-col gap-2.5 rounded-lg border border-line bg-surface p-4">
      <div className="flex min-w-0 items-center gap-2.5">
        <Plug aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
        <h2 className="min-w-0 flex-1 truncate text-md font-semibold" title={title}>
          {title}
        </h2>
        <Status status={integration.status} />
        {mayChange && (
          <Menu
            side="bottom"
            trigger={
              <button
                type="button"
                aria-label={`Options for ${title}`}
                className="-mr-1.5 inline-flex size-7 shrink-0 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:bg-ink/6 hover:text-ink"
              >
                <Ellipsis aria-hidden="true" className="size-4" />
              </button>
            }
            items={[
              { label: 'Edit', icon: <Pencil aria-hidden="true" />, onSelect: onEdit },
              { label: 'Delete', icon: <Trash2 aria-hidden="true" />, tone: 'danger', onSelect: onDelete },
            ]}
          />
        )}
      </div>
      <p className="text-sm text-ink-2">{provider?.description ?? 'This kind of integration is not available here.'}</p>
      {address !== '' && <p className="font-mono text-xs wrap-anywhere text-ink-2">{address}</p>}
      <p className="text-xs text-ink-3">Created {day.format(new Date(integration.created_at))}</p>
      {mayChange && provider !== undefined && <ConnectionTest id={integration.id} name={title} />}
    </li>
  )
}

function Status({ status }: { status: string }) {
  if (status === 'active')
    return (
      <Badge tone="good">
        <CircleCheck aria-hidden="true" className="size-3" />
        active
      </Badge>
    )
  const Icon = status === 'disabled' ? CircleMinus : CircleHelp
  return (
    <Badge>
      <Icon aria-hidden="true" className="size-3" />
      {status}
    </Badge>
  )
}
