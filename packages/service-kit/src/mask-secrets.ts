const masked = '***'

const secretField =
  /"([^"\\]*(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key|authorization|cookie|credential)[^"\\]*)":("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi
const urlPassword = /\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):[^\s/@"]+@/gi
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g
const providerKey = /\b(?:sk|pk|rk|gsk|xai|key)-[\w-]{16,}/g
const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g

/**
 * Masks what must not be read in a log line or an error: values of fields whose name says secret, passwords in
 * URLs, bearer and provider keys, JSON web tokens, private keys. `text` may be JSON or prose and stays what it is.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(pemKey, masked)
    .replace(secretField, (_, name: string) => `"${name}":"${masked}"`)
    .replace(urlPassword, `$1:${masked}@`)
    .replace(bearer, `$1 ${masked}`)
    .replace(jsonWebToken, masked)
    .replace(providerKey, masked)
}
