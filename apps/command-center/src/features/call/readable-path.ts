/** The tokens of a JSON Pointer. */
export function pathTokens(pointer: string): string[] {
  if (pointer === '' || pointer === '/') return []
  const text = pointer.startsWith('/') ? pointer.slice(1) : pointer
  return text.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function pointerOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** `spec.containers[0].image`; a key that is no plain word stands quoted in brackets, so that no two paths look alike. */
export function readablePath(pointer: string): string {
  const tokens = pathTokens(pointer)
  if (tokens.length === 0) return 'whole object'
  return tokens.reduce((path, token) => {
    if (/^\d+$/.test(token)) return `${path}[${token}]`
    if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(token)) return path === '' ? token : `${path}.${token}`
    return `${path}[${JSON.stringify(token)}]`
  }, '')
}
