import { request } from 'node:https'

export type KubeRequestOptions = {
  method?: string
  /** Path and query below the server's address. */
  path: string
  body?: unknown
  contentType?: string
  ca: string
  credentials: { token: string } | { cert: string; key: string }
}
export type KubeAnswer = { status: number; body: unknown }

/** One bare request to an API server, apart from the product's own client, so that tests can check that one. */
export function kubeRequest(server: string, options: KubeRequestOptions): Promise<KubeAnswer> {
  const { method = 'GET', path, body, contentType = 'application/json', ca, credentials } = options
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const certificate = 'cert' in credentials ? credentials : {}
  return new Promise((answered, failed) => {
    const headers = {
      ...('token' in credentials ? { authorization: `Bearer ${credentials.token}` } : {}),
      accept: 'application/json',
      ...(payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
    }
    const sent = request(new URL(path, server), { method, headers, ca, ...certificate }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type']?.startsWith('application/json')
        answered({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text })
      })
    })
    sent.on('error', failed)
    sent.end(payload)
  })
}
