import { createApi } from '@fairlead/contract/client/create-api'
import { sessionFile } from './session-file.ts'
import { createTokens } from './tokens.ts'

/** Resolves to what became of the session. The kept tokens go, whatever the server says. */
export async function signOut(server: string, env: NodeJS.ProcessEnv): Promise<string> {
  const file = sessionFile(env)
  const tokens = await file.read(server)
  if (tokens === undefined) return 'Nobody is signed in here.'
  const store = { read: async () => tokens, write: async () => {} }
  const { authorisedFetch } = createTokens(server, tokens, store)
  const api = createApi({ base: server, fetch: authorisedFetch })
  try {
    await api.call('POST /auth/jwt/logout')
    return 'Signed out.'
  } catch {
    return 'The session is forgotten here. The server could not be told; there it may still be valid.'
  } finally {
    await file.write(server, undefined)
  }
}
