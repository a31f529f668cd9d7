'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useSessionActions } from '../session/session-provider.tsx'
import { FormError } from './form-error.tsx'
import { nextPath } from './next-path.ts'
import { signInError } from './sign-in-error.ts'
import { SignInFrame } from './sign-in-frame.tsx'

/** `next` is where the person wanted to go. */
export function LoginPage({ next }: { next?: string }) {
  const { login } = useSessionActions()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ text: string }>()

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isBusy) return
    const fields = new FormData(event.currentTarget)
    setBusy(true)
    setFailure(undefined)
    try {
      await login(String(fields.get('email')).trim(), String(fields.get('password')))
      location.assign(nextPath(next))
    } catch (reason) {
      setFailure({ text: signInError(reason) })
      setBusy(false)
    }
  }
  return (
    <SignInFrame title="Log in">
      <form className="flex flex-col gap-3.5" onSubmit={(event) => void submit(event)}>
        {failure !== undefined && <FormError key={failure.text}>{failure.text}</FormError>}
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-1">
          Log in
        </Button>
      </form>
    </SignInFrame>
  )
}
