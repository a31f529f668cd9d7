'use client'

import { Button } from '../../ui/button.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { useSession, useSessionActions } from '../session/session-provider.tsx'
import { useAppName } from '../settings/settings.tsx'
import { PlainPage } from './plain-page.tsx'

/** What is left of a session here. If the server could not be reached, it may go on there. */
export function SignedOut() {
  const appName = useAppName()
  const logoutError = useSession((it) => it.logoutError)
  const isBusy = useSession((it) => it.isSigningOut)
  const { logout } = useSessionActions()
  if (logoutError === undefined && !isBusy)
    return (
      <PlainPage appName={appName} title="Signed out" actions={<LinkButton href="/login">Log in</LinkButton>}>
        <p>Nothing of the session is left in this tab.</p>
      </PlainPage>
    )
  return (
    <PlainPage
      appName={appName}
      title="Signed out here alone"
      actions={
        <Button variant="primary" isBusy={isBusy} onClick={() => void logout()}>
          Log out again
        </Button>
      }
    >
      <p role="alert">The server was not told, so the session may still be valid there. {logoutError}</p>
    </PlainPage>
  )
}
