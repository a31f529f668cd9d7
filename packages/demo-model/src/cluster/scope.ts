/** Where to read: one namespace, or all of them. */
export type Scope = string | 'all'

export const scopeArgs = (scope: Scope) => (scope === 'all' ? { all_namespaces: true } : { namespace: scope })
