'use client'

import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { toast } from '../../ui/toast/toast.ts'
import { useMay } from '../session/session-provider.tsx'
import { IntegrationCard } from './integration-card.tsx'
import { IntegrationDialog } from './integration-dialog.tsx'
import { providers, titleOf } from './providers.ts'
import { useIntegrations } from './use-integrations.ts'

const grid = 'grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3'

type Opened = { kind: 'create' } | { kind: 'edit' | 'delete'; integration: IntegrationRead }

/** Other systems that the agent reaches. Everybody sees them; administrators set them up. */
export function IntegrationsPage() {
  const { list, reload } = useIntegrations()
  const mayChange = useMay('manage-integrations')
  const [opened, setOpened] = useState<Opened>()
  const create = () => setOpened({ kind: 'create' })
  const close = () => setOpened(undefined)
  const items = list.state === 'read' ? list.items : []
  const isFree = Object.keys(providers).some((provider) => items.every((it) => it.provider !== provider))
  return (
    <div className="mx-auto flex w-full max-w-280 flex-col gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-ink-2">
          Systems beside Kubernetes that the agent works with. Their logins are kept in the cluster, never shown, and
          never told to a model.
        </p>
        {mayChange && items.length > 0 && isFree && <CreateButton onClick={create} />}
      </div>
      {list.state === 'loading' && (
        <div className={grid} role="status" aria-label="Reading the integrations">
          {['a', 'b', 'c'].map((key) => (
            <Skeleton key={key} className="h-40 rounded-lg" />
          ))}
        </div>
      )}
      {list.state === 'failed' && (
        <Banner
          tone="loss"
          action={
            <Button size="s" onClick={() => void reload()}>
              Try again
            </Button>
          }
        >
          The integrations cannot be read. {list.sentence}
        </Banner>
      )}
      {list.state === 'read' && items.length === 0 && (
        <EmptyState title="No integrations yet">
          {mayChange ? (
            <>
              <p className="mb-3">With Jenkins the agent can read why a build failed, and start the next one.</p>
              <CreateButton onClick={create} />
            </>
          ) : (
            <p>An administrator can set one up, such as Jenkins.</p>
          )}
        </EmptyState>
      )}
      {items.length > 0 && (
        <ul className={grid}>
          {items.map((integration) => (
            <IntegrationCard
              key={integration.id}
              integration={integration}
              mayChange={mayChange}
              onEdit={() => setOpened({ kind: 'edit', integration })}
              onDelete={() => setOpened({ kind: 'delete', integration })}
            />
          ))}
        </ul>
      )}
      {opened?.kind === 'create' && <IntegrationDialog onSaved={reload} onClose={close} />}
      {opened?.kind === 'edit' && (
        <IntegrationDialog integration={opened.integration} onSaved={reload} onClose={close} />
      )}
      {opened?.kind === 'delete' && (
        <DeleteDialog integration={opened.integration} onDeleted={reload} onClose={close} />
      )}
    </div>
  )
}

function CreateButton({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="primary" onClick={onClick}>
      <Plus aria-hidden="true" className="size-4" />
      New integration
    </Button>
  )
}

type DeleteProps = { integration: IntegrationRead; onDeleted: () => Promise<void>; onClose: () => void }

function DeleteDialog({ integration, onDeleted, onClose }: DeleteProps) {
  const title = titleOf(integration)
  const remove = async () => {
    await api.call('DELETE /integrations/:integration_id', { params: { integration_id: integration.id } })
    toast({ tone: 'success', text: `Deleted “${title}”` })
    await onDeleted()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete ${title}`}
      action="Delete integration"
      tone="danger"
      onConfirm={remove}
    >
      The agent can no longer reach {title}. The Secret with its login is removed from the credentials namespace of the
      cluster: deleting counts as your approval of that, and is recorded under your name.
    </ConfirmDialog>
  )
}
