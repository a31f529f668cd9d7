import { createHash } from 'node:crypto'
import type { AuthInfo } from '@modelcontextprotocol/server'

export type Peer = {
  /** Whose calls are counted together when there is no identity. */
  peer: string
  /** The request's own bearer token. */
  token: string | undefined
}

/** Who sent an HTTP request: its token, which no log may show, else its address. */
export function peerOf({ token, clientId }: Pick<AuthInfo, 'token' | 'clientId'>): Peer {
  if (token === '') return { peer: clientId, token: undefined }
  return { peer: `token ${createHash('sha256').update(token).digest('hex').slice(0, 12)}`, token }
}
