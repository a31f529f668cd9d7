/** An address as people and logs may see it: without credentials, query and fragment, each of which may hold a secret. */
export function publicAddress(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}
