import { lookup } from 'node:dns/promises'
import { isInternalAddress, isLocalPath } from '../input/chart.ts'
import { ToolError } from '../tool/tool-error.ts'

export type ChartSourceRules = {
  /** Prefixes of references and repository URLs; empty: all. */
  allowedRegistries: readonly string[]
  allowHttp: boolean
  allowLocal: boolean
}

/**
 * Throws `Refused` for a chart, or a repository's URL, that the operator's rules do not allow. `repositories`: URL by name, for
 * a chart of a repository.
 */
export async function requireAllowedSource(
  reference: string,
  rules: ChartSourceRules,
  repositories: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  if (isLocalPath(reference)) {
    if (rules.allowLocal) return
    throw refused(`charts of this machine's own folders are not allowed (MCP_HELM_ALLOW_LOCAL)`)
  }
  const url = URL.canParse(reference) ? reference : repositoryOf(reference, repositories)
  const isListed = rules.allowedRegistries.some((prefix) => isBelow(url, prefix))
  if (rules.allowedRegistries.length > 0 && !isListed)
    throw refused(`${url} begins with no entry of MCP_HELM_ALLOWED_REGISTRIES`)
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !rules.allowHttp) throw refused(`${url} is not https (MCP_HELM_ALLOW_HTTP)`)
  if (!isListed) await requirePublicHost(hostname)
}

/** `REPO/CHART` by the repository's name. */
function repositoryOf(reference: string, repositories: ReadonlyMap<string, string>): string {
  const [name = ''] = reference.split('/')
  const url = repositories.get(name)
  if (url !== undefined) return url
  const known = [...repositories.keys()].toSorted().join(', ') || 'none'
  throw new ToolError('NotFound', `there is no chart repository "${name}" here. Known: ${known}.`, {
    hint: 'helm_repo_add adds one; oci:// and https:// charts need none.',
  })
}

/**
 * A prefix ends where a part of the path does: `oci://a/b` lists `oci://a/b/c` and `oci://a/b:1.0.0`, not `oci://a/bc`. One
 * without a path lists no other port.
 */
function isBelow(url: string, prefix: string): boolean {
  const root = prefix.replace(/\/$/, '')
  const ends = /^[a-z]+:\/\/[^/]+$/i.test(root) ? ['/'] : ['/', ':', '@']
  return url === root || ends.some((end) => url.startsWith(`${root}${end}`))
}

async function requirePublicHost(hostname: string): Promise<void> {
  const why = () => refused(`${hostname} is an address within this network; list it in MCP_HELM_ALLOWED_REGISTRIES`)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost') || isInternalAddress(host)) throw why()
  let found: { address: string }[]
  try {
    found = await lookup(host, { all: true })
  } catch (cause) {
    throw new ToolError('Unavailable', `the host ${hostname} is not found.`, { cause })
  }
  if (found.some(({ address }) => isInternalAddress(address))) throw why()
}

function refused(why: string): ToolError {
  return new ToolError('Refused', `${why}.`)
}
