import { useEffect, useState } from 'react'
import { secretOfLink } from './setup-link.ts'

/** `unknown` until the address could be looked at, which is in a browser alone. */
export type SetupSecret = { state: 'unknown' | 'missing' } | { state: 'given'; secret: string }

/** The secret of the link that was opened. It leaves the address bar, and with that the history, at once. */
export function useSetupSecret(): SetupSecret {
  const [found, setFound] = useState<SetupSecret>({ state: 'unknown' })
  useEffect(() => {
    const take = () => {
      const secret = secretOfLink(location.hash)
      if (secret === undefined)
        return setFound((before) => (before.state === 'unknown' ? { state: 'missing' } : before))
      history.replaceState(history.state, '', `${location.pathname}${location.search}`)
      setFound({ state: 'given', secret })
    }
    take()
    // The link may be opened in the tab that asks for it, which loads nothing anew.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  return found
}
