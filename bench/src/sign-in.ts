import { randomUUID } from 'node:crypto'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'

/** Makes the first account of an engine and signs it in; resolves to its access token. */
export async function signIn(api: string): Promise<string> {
  const person = { email: 'bench@example.com', password: randomUUID() }
  const registered = await fetch(`${api}/auth/register/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...person, setup_secret: setupSecret }),
  })
  if (!registered.ok) throw new Error(`not registered: ${registered.status} ${await registered.text()}`)
  const login = await fetch(`${api}/auth/jwt/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: person.email, password: person.password }),
  })
  const { access_token } = (await login.json()) as { access_token: string }
  return access_token
}
