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
import { signInError, withRequest } from './sign-in-error.ts'
import { SignInFrame } from './sign-in-frame.tsx'

/** Creates the first account, which becomes the administrator's. */
export function WelcomePage() {
  const { register } = useSessionActions()
  const [isBusy, setBusy] = useState(false)
  const [faults, setFaults] = useState<AccountFaults>({})
  const [failure, setFailure] = useState<{ key: number; text: ReactNode }>()

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isBusy) return
    const form = event.currentTarget
    const fields = new FormData(form)
    const account = {
      full_name: String(fields.get('full_name')).trim(),
      email: String(fields.get('email')).trim(),
      password: String(fields.get('password')),
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
      await register(account)
      location.assign('/')
    } catch (reason) {
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
