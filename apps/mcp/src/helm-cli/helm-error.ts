import { ToolError } from '../tool/tool-error.ts'
import type { HelmEnd } from './run-helm.ts'

type Known = {
  says: RegExp
  code: 'AlreadyExists' | 'Conflict' | 'NotFound' | 'Forbidden' | 'Unauthorized' | 'Upstream'
  hint?: string
}

const known: readonly Known[] = [
  { says: /cannot re-use a name that is still in use/, code: 'AlreadyExists', hint: 'Use helm_upgrade.' },
  {
    says: /another operation \(install\/upgrade\/rollback\) is in progress/,
    code: 'Conflict',
    hint: 'See helm_history; helm_rollback clears an operation that was broken off.',
  },
  {
    says: /has no deployed releases/,
    code: 'Conflict',
    hint: 'Use helm_rollback to a revision of helm_history, or uninstall it.',
  },
  { says: /(release|chart|repo|index)[^\n]*not found/i, code: 'NotFound' },
  { says: /is forbidden: User/, code: 'Forbidden' },
]

/** Of a registry or a repository. A webhook of the cluster may say the same, and means something else. */
const knownOfFetches: readonly Known[] = [
  {
    says: /certificate signed by unknown authority|certificate is not trusted/,
    code: 'Upstream',
    hint: 'SSL_CERT_FILE of the tool server names the authorities that helm trusts.',
  },
  {
    says: /response status code 401|credential not found|unauthorized|authentication required/i,
    code: 'Unauthorized',
    hint: 'Log in with `helm registry login` where MCP_HELM_HOME of the tool server is.',
  },
  {
    says: /manifest unknown|"FetchReference" on source|pull[^\n]*: not found/i,
    code: 'NotFound',
    hint: 'The registry has no chart of that name and version.',
  },
]

/** Helm said no: what it says from its last `Error:` on, and what to do about those that are known. */
export function helmError(end: HelmEnd): ToolError {
  return errorBy(known, end)
}

/** The same of a helm that was to reach a registry or a repository. */
export function fetchError(end: HelmEnd): ToolError {
  return errorBy([...knownOfFetches, ...known], end)
}

function errorBy(all: readonly Known[], { stderr, stdout, code }: HelmEnd): ToolError {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
  const from = lines.findLastIndex((line) => line.startsWith('Error: '))
  const last = lines.slice(from === -1 ? -1 : from).join(' ')
  const said = (last === '' ? `helm ended with code ${code ?? 'of a signal'}` : last)
    .replace(/^Error: /, '')
    .replace(/\s+/g, ' ')
    .trim()
  const { code: as = 'Upstream', hint } = all.find(({ says }) => says.test(said)) ?? {}
  return new ToolError(as, `helm: ${said.slice(0, 2_000)}${/[.!?]$/.test(said) ? '' : '.'}`, { hint })
}
