'use client'

import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'
import { type FormEvent, useState } from 'react'
import { api } from '../../api.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { ConnectionTest } from './connection-test.tsx'
import { addressFault, loginFault } from './login-faults.ts'
import { addressOf, providerName, providers, titleOf } from './providers.ts'

type DialogProps = {
  /** Absent for a new one. */
  integration?: IntegrationRead
  onSaved: () => Promise<void>
  onClose: () => void
}

const statuses = [
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
] as const

/** Makes or changes an integration. It stays until the engine has answered; what was typed goes with it. */
export function IntegrationDialog({ integration, onSaved, onClose }: DialogProps) {
  const form = useIntegrationForm(integration, onSaved)
  const { fields, set, faults, isBusy, error, saved } = form
  const isNew = integration === undefined
  const close = () => !isBusy && onClose()
  const verb = isNew ? 'Create integration' : 'Save changes'
  if (saved !== undefined)
    return (
      <Dialog
        isOpen
        onClose={onClose}
        title={`${titleOf(saved)} is saved`}
        footer={<Button onClick={onClose}>Done</Button>}
      >
        <p className="mb-3 text-sm text-ink-2">The login is stored. See whether it is accepted:</p>
        <ConnectionTest id={saved.id} name={titleOf(saved)} />
      </Dialog>
    )
  const isKnown = fields.provider in providers
  return (
    <Dialog
      isOpen
      onClose={close}
      title={isNew ? 'New integration' : `Edit ${titleOf(integration)}`}
      footer={
        <>
          <Button onClick={close} disabled={isBusy}>
            Cancel
          </Button>
          {isKnown && (
            <Button variant="primary" type="submit" form="integration" isBusy={isBusy}>
              {verb}
            </Button>
          )}
        </>
      }
    >
      {isKnown ? (
        <form id="integration" noValidate onSubmit={form.submit} className="flex flex-col gap-3">
          <Select
            label="Provider"
            value={fields.provider}
            isDisabled={!isNew}
            options={Object.entries(providers).map(([value, { name }]) => ({ value, label: name }))}
            onChange={(provider) => set({ provider })}
          />
          {!isNew && (
            <Select label="Status" value={fields.status} options={statuses} onChange={(status) => set({ status })} />
          )}
          <TextField
            label="API URL"
            type="url"
            required
            autoComplete="off"
            placeholder="https://jenkins.example.com"
            value={fields.url}
            onChange={(event) => set({ url: event.target.value })}
            error={faults.url}
          />
          <TextField
            label="Username"
            required={isNew}
            autoComplete="off"
            value={fields.username}
            hint={isNew ? undefined : 'Empty keeps the stored one.'}
            onChange={(event) => set({ username: event.target.value })}
            error={faults.username}
          />
          <TextField
            label="API token"
            type="password"
            required={isNew}
            autoComplete="new-password"
            value={fields.token}
            hint={isNew ? 'In Jenkins: your name, Security, API Token.' : 'Empty keeps the stored one.'}
            onChange={(event) => set({ token: event.target.value })}
            error={faults.token}
          />
          <p className="text-xs text-ink-3">
            Saving writes a Secret into the credentials namespace of the cluster. It counts as your approval of that
            write, and is recorded under your name.
          </p>
          {error !== undefined && <Banner tone="loss">{error}</Banner>}
        </form>
      ) : (
        <p className="text-sm text-ink-2">{providerName(fields.provider)} is not available here.</p>
      )}
    </Dialog>
  )
}

type Fields = { provider: string; status: IntegrationRead['status']; url: string; username: string; token: string }
type Faults = Partial<Record<'url' | 'username' | 'token', string>>

function useIntegrationForm(integration: IntegrationRead | undefined, onSaved: () => Promise<void>) {
  const [fields, setFields] = useState<Fields>({
    provider: integration?.provider ?? 'jenkins',
    status: integration?.status ?? 'active',
    url: integration === undefined ? '' : addressOf(integration),
    username: '',
    token: '',
  })
  const [faults, setFaults] = useState<Faults>({})
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [saved, setSaved] = useState<IntegrationRead>()
  const set = (change: Partial<Fields>) => {
    setFields((before) => ({ ...before, ...change }))
    setFaults({})
  }
  const save = async () => {
    const found = faultsOf(fields, integration)
    setFaults(found)
    setError(undefined)
    if (Object.keys(found).length > 0 || isBusy) return
    setBusy(true)
    try {
      const read = await send(fields, integration)
      // The login is wanted no longer, and is not kept.
      setFields((before) => ({ ...before, username: '', token: '' }))
      await onSaved()
      setSaved(read)
    } catch (fault) {
      setError(fault instanceof Error ? fault.message : String(fault))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save()
  }
  return { fields, set, faults, error, isBusy, saved, submit }
}

function faultsOf({ url, username, token }: Fields, integration: IntegrationRead | undefined): Faults {
  const isMoved = integration !== undefined && withoutSlash(url) !== withoutSlash(addressOf(integration))
  const [hasName, hasToken] = [username.trim() !== '', token.trim() !== '']
  const isNeeded = integration === undefined || isMoved || hasName || hasToken
  const why = isMoved ? 'Needed for another address.' : 'Needed.'
  const found: Faults = {
    url: addressFault(url),
    username: isNeeded && !hasName ? why : loginFault(username),
    token: isNeeded && !hasToken ? why : loginFault(token),
  }
  return Object.fromEntries(Object.entries(found).filter(([, fault]) => fault !== undefined))
}

function withoutSlash(url: string): string {
  return url.trim().replace(/\/+$/, '')
}

async function send(fields: Fields, integration: IntegrationRead | undefined): Promise<IntegrationRead> {
  const { provider, status, url, username, token } = fields
  const metadata = { api_url: url.trim() }
  const credentials = { username: username.trim(), api_token: token.trim() }
  if (integration === undefined)
    return await api.call('POST /integrations', { body: { provider, metadata, credentials } })
  return await api.call('PATCH /integrations/:integration_id', {
    params: { integration_id: integration.id },
    body: {
      status,
      metadata: { ...integration.metadata, ...metadata },
      ...(credentials.api_token !== '' && { credentials }),
    },
  })
}
