import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as sendRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApiServer } from '@fairlead/testing/cluster/api-server'
import { startSandbox } from '../start-sandbox.ts'

export type Sent = { method: string; path: string; body?: unknown; contentType?: string; accept?: string }
export type Answered = { status: number; body: unknown; warnings: string[] }
export type BareServer = { send(sent: Sent): Promise<Answered>; kubeconfig: string; stop(): Promise<void> }

/** The real API server without controllers, so that nothing happens but what is asked. Throws MissingPart. */
export async function startRealServer(): Promise<BareServer> {
  const { url, token, caFile, kubeconfig, stop } = await startApiServer({ kwok: false, controllers: false })
  return { send: senderOf({ url, token, ca: readFileSync(caFile, 'utf8') }), kubeconfig, stop }
}

export async function startBareSandbox(onBug: (error: unknown) => void): Promise<BareServer> {
  const stateDir = mkdtempSync(join(tmpdir(), 'fairlead-sandbox-'))
  const { url, token, ca, kubeconfigFile = '', stop } = await startSandbox({ stateDir, hasControllers: false, onBug })
  return {
    send: senderOf({ url, token, ca }),
    kubeconfig: kubeconfigFile,
    stop: async () => {
      await stop()
      rmSync(stateDir, { recursive: true })
    },
  }
}

export function senderOf({ url, token, ca }: { url: string; token: string; ca: string }): BareServer['send'] {
  return ({ method, path, body, contentType = 'application/json', accept = 'application/json' }) =>
    new Promise((answered, failed) => {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        accept,
        'user-agent': 'differences/1',
        ...(payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
      }
      const sent = sendRequest(new URL(path, url), { method, headers, ca }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', failed)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const isJson = response.headers['content-type']?.startsWith('application/json')
          const { warning = '' } = response.headers
          const warnings = [...String(warning).matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, each = '']) => each)
          answered({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text, warnings })
        })
      })
      sent.on('error', failed)
      sent.end(payload)
    })
}
