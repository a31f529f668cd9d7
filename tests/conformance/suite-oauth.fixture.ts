import {
  auth,
  computeScopeUnion,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
  type OAuthTokens,
} from '@modelcontextprotocol/client'

const REDIRECT = 'http://localhost:3000/callback'
/** Step-ups that lead nowhere end. */
const MAX_SIGN_INS = 3

export type Registered = { client_id: string; client_secret?: string }

type Answered = { code: string; iss?: string }

/** Signs in as a person would who says yes to everything; keeps what it was given in memory. */
class SuiteProvider implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT
  readonly clientMetadata = { client_name: 'conformance', redirect_uris: [REDIRECT] }
  readonly clientMetadataUrl = 'https://conformance-test.local/client-metadata.json'
  answered: Answered | undefined
  #client: Awaited<ReturnType<OAuthClientProvider['clientInformation']>>
  #tokens: OAuthTokens | undefined
  #verifier = ''

  constructor(registered: Registered | undefined) {
    this.#client = registered
  }
  clientInformation() {
    return this.#client
  }
  saveClientInformation(client: NonNullable<Awaited<ReturnType<OAuthClientProvider['clientInformation']>>>) {
    this.#client = client
  }
  tokens() {
    return this.#tokens
  }
  saveTokens(tokens: OAuthTokens) {
    this.#tokens = tokens
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier
  }
  codeVerifier() {
    return this.#verifier
  }
  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
    if (scope === 'all' || scope === 'client') this.#client = undefined
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined
  }
  async redirectToAuthorization(url: URL) {
    const { headers } = await fetch(url, { redirect: 'manual' })
    const back = new URL(headers.get('location') ?? '', REDIRECT).searchParams
    this.answered = { code: back.get('code') ?? '', iss: back.get('iss') ?? undefined }
  }
}

/** `fetch` for one server, which signs in when it is told to, and for more when it may not yet. */
export function withSignIn(serverUrl: string, registered: Registered | undefined): typeof fetch {
  const provider = new SuiteProvider(registered)
  const signIn = async (response: Response): Promise<void> => {
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response)
    const isMore = response.status === 403
    const wanted = isMore ? computeScopeUnion(provider.tokens()?.scope, scope) : scope
    const options = { serverUrl, resourceMetadataUrl, scope: wanted, forceReauthorization: isMore }
    if ((await auth(provider, options)) === 'AUTHORIZED') return
    const { code = '', iss } = provider.answered ?? {}
    await auth(provider, { ...options, authorizationCode: code, iss })
  }
  return async (input, init) => {
    const send = () => {
      const headers = new Headers(init?.headers)
      const token = provider.tokens()?.access_token
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
      // Node's own does not know the connections of another copy of its client.
      return fetch(input, { ...init, headers, dispatcher: undefined } as RequestInit)
    }
    let response = await send()
    for (let times = 0; times < MAX_SIGN_INS && [401, 403].includes(response.status); times++) {
      await signIn(response)
      response = await send()
    }
    return response
  }
}
