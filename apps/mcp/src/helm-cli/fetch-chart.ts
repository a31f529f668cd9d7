import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cp, lstat, readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isLocalPath, isOneChart } from '../input/chart.ts'
import { InvalidInput } from '../input/invalid-input.ts'
import { shownValue } from '../input/shown-value.ts'
import { ToolError } from '../tool/tool-error.ts'
import { fetchError } from './helm-error.ts'
import type { RunHelm } from './run-helm.ts'

/** A chart that lies on this machine for the time of the call. */
export type FetchedChart = {
  /** Of the archive, or of a folder that was copied. */
  path: string
  /** `sha256:<64 hex>`, of the archive's bytes or of the folder's files. */
  digest: string
}

/** Fetches a chart into `folder`, which is empty. Whether it may be fetched was judged before. */
export async function fetchChart(
  chart: string,
  { version, folder, run, signal }: { version: string | null; folder: string; run: RunHelm; signal: AbortSignal },
): Promise<FetchedChart> {
  // Helm takes what lies there, whatever version is asked for.
  if (version !== null && isOneChart(chart))
    throw new InvalidInput(
      `version chooses among the charts of REPO/CHART or oci://HOST/PATH. ${shownValue(chart)} is one chart: leave version out.`,
    )
  if (isLocalPath(chart)) return copyLocal(chart, folder)
  const versions = version === null ? [] : [`--version=${version}`]
  const end = await run({ args: ['pull', `--destination=${folder}`, ...versions], operands: [chart], signal })
  if (end.code !== 0) throw fetchError(end)
  const [archive, ...others] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  if (archive === undefined || others.length > 0)
    throw new ToolError('Upstream', `helm has fetched no chart for ${chart}.`)
  const path = join(folder, archive)
  return { path, digest: await digestOfFile(path) }
}

async function copyLocal(chart: string, folder: string): Promise<FetchedChart> {
  const found = await stat(chart).catch(() => undefined)
  if (found === undefined) throw new ToolError('NotFound', `there is no chart at ${chart}.`)
  const path = join(folder, found.isDirectory() ? 'chart' : 'chart.tgz')
  // A link could lead out of the chart.
  await cp(chart, path, { recursive: true, dereference: false, filter: async (source) => !(await isLink(source)) })
  return { path, digest: found.isDirectory() ? await digestOfFolder(path) : await digestOfFile(path) }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink()
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return `sha256:${hash.digest('hex')}`
}

/** Over names and contents, in their order. */
async function digestOfFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${JSON.stringify(relative(folder, file))} ${await digestOfFile(file)}\n`)
  return `sha256:${hash.digest('hex')}`
}
