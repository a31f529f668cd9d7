/** Seconds until an access token expires, by what it says of itself; undefined when it says nothing. */
export function tokenSecondsLeft(token: string, nowMs: number): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const { exp } = claims as { exp?: unknown }
    return typeof exp === 'number' ? exp - nowMs / 1000 : undefined
  } catch {
    return undefined
  }
}
