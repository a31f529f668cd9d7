const mostCharacters = 512
const plainCharacters = /^\/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*$/i
/** Encoded slash, backslash, dot and percent sign: what one reader takes for a character, the next takes for a step. */
const encodedStep = /%(?:2f|5c|2e|25)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/

/**
 * Whether everybody who reads this path reads the same one. Judged on the characters that were sent: a URL parser
 * would already have resolved the steps in it.
 */
export function isPlainPath(path: string): boolean {
  if (path.length > mostCharacters || !plainCharacters.test(path) || encodedStep.test(path)) return false
  const decoded = decodedOr(path)
  if (decoded === undefined || control.test(decoded)) return false
  // A router that decodes would find the API behind this, one that does not would find a page.
  if (decoded.startsWith('/api') && !path.startsWith('/api')) return false
  const segments = path.slice(1).split('/')
  // A slash at the end is another form of the same path.
  if (segments.length > 1 && segments.at(-1) === '') segments.pop()
  return path === '/' || segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

function decodedOr(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
