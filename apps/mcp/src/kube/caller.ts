/** As whom the API server is asked. Never falls back from one to another. */
export type Caller =
  | { as: 'server' }
  | { as: 'impersonate'; user: string; groups: readonly string[] }
  | { as: 'passthrough'; token: string }

export const serverItself: Caller = { as: 'server' }
