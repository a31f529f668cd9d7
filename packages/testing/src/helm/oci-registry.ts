import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issueCertificate } from '@fairlead/service-kit/certificate'
import { type ChartFiles, packChart } from './charts.ts'

const CHART_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const CONFIG_TYPE = 'application/vnd.cncf.helm.config.v1+json'
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

export type OciRegistry = AsyncDisposable & {
  /** `oci://localhost:…`. */
  url: string
  /** A file with the certificate of its authority. */
  caFile: string
  /** Puts a chart behind `repository:tag`, in place of one that is there. Answers `sha256:…`, the digest of its manifest. */
  push(repository: string, tag: string, files: ChartFiles): Promise<string>
  /** `GET /v2/…`, in their order. */
  requests: string[]
  /** It answers nobody who has not logged in. */
  isClosed: boolean
}

/** An OCI registry of charts on loopback, over TLS, as the OCI distribution specification has its reads. */
export async function startOciRegistry(): Promise<OciRegistry> {
  const authority = createAuthority('charts')
  const certificate = issueCertificate(authority, { commonName: 'localhost', use: 'server', hosts: ['localhost'] })
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-oci-'))
  const caFile = join(folder, 'ca.crt')
  await writeFile(caFile, authority.cert)
  const contents = new Map<string, { type: string; bytes: Buffer }>()
  /** Digest of a manifest by `repository:tag`. */
  const tags = new Map<string, string>()
  const requests: string[] = []
  const put = (type: string, bytes: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    contents.set(digest, { type, bytes })
    return { mediaType: type, digest, size: bytes.length }
  }
  const server = createServer(certificate, (request, response) => {
    const { method = '', url = '' } = request
    requests.push(`${method} ${url}`)
    if (registry.isClosed) {
      response.setHeader('www-authenticate', 'Basic realm="charts"')
      return void response
        .writeHead(401)
        .end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
    }
    if (url === '/v2/') return void response.end('{}')
    const listed = /^\/v2\/(.+)\/tags\/list/.exec(url)
    if (listed !== null) {
      const name = listed[1] ?? ''
      const known = [...tags.keys()]
        .filter((tag) => tag.startsWith(`${name}:`))
        .map((tag) => tag.slice(name.length + 1))
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify({ name, tags: known }))
    }
    const [, repository = '', reference = ''] = /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(url) ?? []
    const digest = tags.get(`${repository}:${reference}`) ?? reference
    const content = contents.get(digest)
    if (content === undefined) {
      const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }]
      return void response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }))
    }
    const { type, bytes } = content
    const headers = { 'content-type': type, 'content-length': bytes.length, 'docker-content-digest': digest }
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : bytes)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const registry: OciRegistry = {
    url: `oci://localhost:${(server.address() as AddressInfo).port}`,
    caFile,
    requests,
    isClosed: false,
    async push(repository, tag, files) {
      const chart = put(CHART_TYPE, await packChart(files))
      const config = put(CONFIG_TYPE, Buffer.from(JSON.stringify({ name: repository.split('/').at(-1), version: tag })))
      const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers: [chart] }
      const { digest } = put(MANIFEST_TYPE, Buffer.from(JSON.stringify(manifest)))
      tags.set(`${repository}:${tag}`, digest)
      return digest
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return registry
}
