import { request as httpsRequest } from 'node:https'
import { makeScenario, type Send } from './make-scenario.ts'
import { shop } from './shop.ts'

type Address = { url: string; ca: string; token: string }

/** Makes the shop in a cluster. What is there already stays as it is, so that an interrupted start is gone on with. */
export async function openShop(address: Address): Promise<void> {
  await makeNamespace(address, shop.namespace)
  await makeScenario(shop, sender(address))
}

/** As the administrator; one that is there already stays as it is. */
export async function makeNamespace(address: Address, name: string): Promise<void> {
  await sender(address)('POST', '/api/v1/namespaces', { metadata: { name } })
}

/** Requests of the administrator. `AlreadyExists` is as good as made. */
function sender({ url, ca, token }: Address): Send {
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType }
      const request = httpsRequest(new URL(path, url), { method, headers, ca }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode = 0 } = response
          if (statusCode < 300 || statusCode === 409) resolve(text)
          else reject(new Error(`${method} ${path} was answered with ${statusCode}: ${text}`))
        })
      })
      request.on('error', reject)
      request.end(JSON.stringify(body))
    })
}
