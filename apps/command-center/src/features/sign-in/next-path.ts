/** Where to go after signing in: a path of this origin, or home. */
export function nextPath(wanted: string | null | undefined): string {
  if (wanted === null || wanted === undefined || !wanted.startsWith('/')) return '/'
  const base = 'http://here.invalid'
  const url = URL.parse(wanted, base)
  if (url === null || url.origin !== base) return '/'
  const path = `${url.pathname}${url.search}${url.hash}`
  // A path that a browser would read as another host's, or that leads back here.
  return /^\/[/\\]|^\/(?:login|welcome)(?:[/?#]|$)/.test(path) ? '/' : path
}
