import { request as httpsRequest } from 'node:https'
import type { Sandbox } from '@fairlead/sandbox/start-sandbox'
import type { Requester } from './watch-cluster.fixture.ts'

/** Requests to a sandbox as its administrator, past the product. */
export function connectSandbox({ url, ca, token }: Pick<Sandbox, 'url' | 'ca' | 'token'>): Requester {
  return {
    request: (method, path, body, contentType = 'application/json', accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': contentType, accept }
        const request = httpsRequest(new URL(path, url), { method, headers, ca }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
          })
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: isJson(response.headers['content-type']) ? JSON.parse(text) : text,
            }),
          )
        })
        request.on('error', reject)
        request.end(body === undefined ? undefined : JSON.stringify(body))
      }),
  }
}

/** A log is plain text. */
function isJson(type = ''): boolean {
  return type.includes('json')
}
