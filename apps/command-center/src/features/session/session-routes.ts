import { ApiError } from '@fairlead/contract/client/api-error'
import type { UserRead } from '@fairlead/contract/endpoints/auth'

/** The routes of the page's own server that set and clear the session's cookies. They answer the user, never a token. */
export type SessionRoutes = {
  login(credentials: { email: string; password: string }): Promise<{ user: UserRead }>
  refresh(signal: AbortSignal): Promise<{ user?: UserRead }>
  logout(): Promise<void>
}

export function createSessionRoutes(send: typeof fetch): SessionRoutes {
  const post = async (name: string, body: unknown, signal?: AbortSignal): Promise<unknown> => {
    let response: Response
    try {
      const headers = { accept: 'application/json', 'content-type': 'application/json' }
      response = await send(`/api/auth/${name}`, { method: 'POST', headers, body: JSON.stringify(body), signal })
    } catch (cause) {
      if (signal?.aborted) throw cause
      throw new ApiError(0, undefined, undefined, cause)
    }
    const answer: unknown = await response.json().catch(() => undefined)
    if (!response.ok) throw new ApiError(response.status, answer, response.headers)
    return answer
  }
  return {
    // The account of a registration knows more than a sign-in takes.
    login: async ({ email, password }) => (await post('login', { email, password })) as { user: UserRead },
    refresh: async (signal) => ((await post('refresh', {}, signal)) ?? {}) as { user?: UserRead },
    logout: async () => void (await post('logout', {})),
  }
}
