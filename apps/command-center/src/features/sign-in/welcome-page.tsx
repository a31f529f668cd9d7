'use client'

import { ApiError } from '@fairlead/contract/client/api-error'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { PageLink } from '../../ui/page-link.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { LoginAfterRegisterError } from '../session/session.ts'
import { useSessionActions } from '../session/session-provider.tsx'
import { type AccountFaults, accountFaults, shortestPassword } from './account-faults.ts'
import { FormError } from './form-error.tsx'
import { secretOfText } from './setup-link.ts'
import { signInError, withRequest } from './sign-in-error.ts'
import { SignInFrame } from './sign-in-frame.tsx'
import { useSetupSecret } from './use-setup-secret.ts'

/** Creates the first account, which becomes the administrator's. Who has opened the set-up link is asked for nothing else. */
export function WelcomePage() {
  const { register } = useSessionActions()
  const setup = useSetupSecret()
  /** What the link held was not taken: it is of another installation, or an old one. */
  const [refused, setRefused] = useState<string>()
  const linked = setup.state === 'given' && setup.secret !== refused ? setup.secret : undefined
  const [isBusy, setBusy] = useState(false)
  const [faults, setFaults] = useState<AccountFaults>({})
  const [failure, setFailure] = useState<{ key: number; text: ReactNode }>()

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isBusy) return
    const form = event.currentTarget
    const fields = new FormData(form)
    const account = {
      full_name: textOf(fields, 'full_name').trim(),
      email: textOf(fields, 'email').trim(),
      password: textOf(fields, 'password'),
    }
    const found = accountFaults(account)
    setFaults(found)
    const [first] = Object.keys(found)
    if (first !== undefined) {
      form.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus()
      return
    }
    setBusy(true)
    setFailure(undefined)
    try {
      await register({ ...account, setup_secret: linked ?? secretOfText(textOf(fields, 'setup')) })
      location.assign('/')
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 403) setRefused(linked)
      setFailure((before) => ({ key: (before?.key ?? 0) + 1, text: failureText(reason) }))
      setBusy(false)
    }
  }
  return (
    <SignInFrame
      title="Create the first account"
      lead="It becomes the administrator. Further people can be added later."
    >
      <form noValidate className="flex flex-col gap-3.5" onSubmit={(event) => void submit(event)}>
        {failure !== undefined && <FormError key={failure.key}>{failure.text}</FormError>}
        {setup.state !== 'unknown' && linked === undefined && (
          <TextField
            label="Set-up link"
            name="setup"
            autoComplete="off"
            spellCheck={false}
            hint="The first account needs the link that fairlead up printed at its start. Open that one, or paste it here. Where the engine runs on a server, it is this address with #secret= and the value of SETUP_SECRET behind it."
          />
        )}
        <TextField
          label="Name"
          name="full_name"
          autoComplete="name"
          required
          autoFocus
          maxLength={255}
          error={faults.full_name}
        />
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={255}
          error={faults.email}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          hint={`At least ${shortestPassword} characters.`}
          error={faults.password}
        />
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-1">
          Create account
        </Button>
      </form>
    </SignInFrame>
  )
}

function textOf(fields: FormData, name: string): string {
  return String(fields.get(name) ?? '')
}

function failureText(reason: unknown): ReactNode {
  if (reason instanceof LoginAfterRegisterError)
    return <ToLogin text="The account was created, but signing in failed." />
  if (!(reason instanceof ApiError)) return 'The account was not created. Try again.'
  if (reason.status === 409) return <ToLogin text="There is an account already." />
  return reason.status === 429 || reason.status === 0 ? signInError(reason) : withRequest(reason)
}

function ToLogin({ text }: { text: string }) {
  return (
    <>
      {text}{' '}
      <PageLink className="font-medium text-accent underline" href="/login">
        Log in
      </PageLink>
    </>
  )
}
