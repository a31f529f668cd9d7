import type { Action } from '@fairlead/contract/may'

export type PageKind =
  | { access: 'signed-in'; right?: Action }
  /** Only while nobody has an account. */
  | { access: 'first-run' }
  /** Leads on who is signed in already. */
  | { access: 'sign-in' }
  | { access: 'everybody' }

const pages: readonly [RegExp, PageKind][] = [
  [/^\/$/, { access: 'signed-in' }],
  [/^\/chat\/[^/]+$/, { access: 'signed-in' }],
  [/^\/approvals(?:\/[^/]+)?$/, { access: 'signed-in', right: 'see-approvals' }],
  [/^\/(?:integrations|analytics|settings|audit|audit\/replay\/[^/]+)$/, { access: 'signed-in' }],
  [/^\/(?:policies|budgets|mcp-servers)$/, { access: 'signed-in', right: 'administer' }],
  [/^\/login$/, { access: 'sign-in' }],
  [/^\/welcome$/, { access: 'first-run' }],
]

/** Who may see a page. An unknown path is for everybody: there is nothing there. */
export function pageKind(path: string): PageKind {
  const plain = path.replace(/(?<=.)\/$/, '')
  return pages.find(([pattern]) => pattern.test(plain))?.[1] ?? { access: 'everybody' }
}
