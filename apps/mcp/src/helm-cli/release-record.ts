import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { isRecord } from '../effect/is-record.ts'
import { ToolError } from '../tool/tool-error.ts'

/** A revision of a release as Helm keeps it. Source: `pkg/release/v1` of Helm; what is empty is left out there. */
export type ReleaseRecord = {
  name: string
  namespace: string
  /** The revision. */
  version: number
  info: ReleaseInfo
  chart?: { metadata?: ChartMetadata; values?: Readonly<Record<string, unknown>> }
  /** The user's values. */
  config?: Readonly<Record<string, unknown>> | null
  manifest?: string
  hooks?: readonly Hook[]
}

export type ReleaseInfo = {
  status?: string
  /** RFC 3339. */
  first_deployed?: string
  last_deployed?: string
  deleted?: string
  description?: string
  notes?: string
}

export type ChartMetadata = {
  name?: string
  version?: string
  appVersion?: string
  description?: string
  deprecated?: boolean
  dependencies?: readonly { name?: string; version?: string; repository?: string }[]
}

export type Hook = {
  name?: string
  kind?: string
  path?: string
  manifest?: string
  events?: readonly string[]
  weight?: number
  delete_policies?: readonly string[]
  last_run?: { phase?: string; started_at?: string; completed_at?: string }
}

const MAX_BYTES = 64 * 1024 * 1024
const GZIP = Buffer.from([0x1f, 0x8b, 0x08])

/**
 * What Helm has written, from its own base64: gzip or, of old releases, plain JSON. Throws ToolError `Invalid` for what
 * cannot be read.
 */
export async function decodeRelease(text: string): Promise<ReleaseRecord> {
  const bytes = Buffer.from(text, 'base64')
  const plain = bytes.subarray(0, 3).equals(GZIP) ? await unzipped(bytes) : bytes
  let value: unknown
  try {
    value = JSON.parse(plain.toString('utf8'))
  } catch (cause) {
    throw unreadable('it is no JSON', cause)
  }
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.version !== 'number' || !isRecord(value.info))
    throw unreadable('it is no release')
  return value as ReleaseRecord
}

async function unzipped(bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    throw unreadable(`it is no gzip of at most ${MAX_BYTES / 1024 / 1024} MiB`, cause)
  }
}

function unreadable(why: string, cause?: unknown): ToolError {
  return new ToolError('Invalid', `the release record cannot be read: ${why}.`, { cause })
}

/** Whether Helm says that it is still at work on this revision, or was broken off. */
export function isPending({ info: { status = '' } }: Pick<ReleaseRecord, 'info'>): boolean {
  return status.startsWith('pending-') || status === 'uninstalling'
}

/** `web-1.2.0`. */
export function chartText({ chart }: Pick<ReleaseRecord, 'chart'>): string {
  const { name = '', version = '' } = chart?.metadata ?? {}
  return version === '' ? name : `${name}-${version}`
}
