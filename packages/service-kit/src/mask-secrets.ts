const masked = '***'

/** Every quantifier that something may fail behind is bounded: what is logged may come from outside, and be long. */
const secretField =
  /"([^"\\]{0,100}(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key|authorization|cookie|credential)[^"\\]{0,100})":("(?:[^"\\]|\\.)*"|\[[^\]]{0,10000}\])/gi
// A letter behind a backslash is no part of the word behind it: in JSON a line ends in one.
const bearer = /(?<!(?<!\\)\w)(bearer|basic)\s{1,4}[\w.~+/=-]{8,}/gi
const urlPassword = /(?<!(?<!\\)\w)([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"]{0,200}):[^\s/@"]{1,400}@/gi
const jsonWebToken = /(?<!(?<!\\)[\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g
const providerKey = /(?<!(?<!\\)\w)(?:sk|pk|rk|gsk|xai|key)-[\w-]{16,}/g
const pemKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-"]|-(?!----BEGIN)){0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

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
