import { keyBlocks } from './key-blocks.ts'
import type { Strength } from './strength.ts'

/** A secret that is known by its form. */
export type Shape = {
  /** Source of what stands in every text that holds one: most text holds none of them, which is seen at one look. */
  mark: string
  /** The secret is what it matches, without the first group where there is one: that stands in front of it, and is shown. */
  pattern: RegExp
  /** Tells the secret from what only begins like one. */
  isSecret?: (token: string, strength: Strength) => boolean
}

/** No letter of a word stands in front. One behind a backslash is none: in JSON a line ends in one. */
const edge = String.raw`(?<!(?<!\\)[A-Za-z0-9_-])`
const quote = String.raw`(?:\\{0,7}["'])?`
const named = String.raw`${quote}[ \t]{0,3}[:=][ \t]{0,3}${quote}`
/** Of a name and a password in a URL: nothing in it could run, whatever reads it. */
const plain = String.raw`A-Za-z0-9._~%!*+,=^@:\[\]-`

/**
 * Every shape is a token of its own alphabet and of bounded length, without a blank and without a line break. The time
 * that each takes grows with the text and no faster: what may repeat is bounded, or cannot begin inside itself.
 */
export const shapes: readonly Shape[] = [
  {
    // JSON web token
    mark: 'eyJ',
    pattern: shape('', String.raw`eyJ[\w-]{8,16384}(?:\.[\w-]{0,16384}){2,4}`),
    isSecret: (token) => isTokenHeader(token.slice(0, token.indexOf('.'))),
  },
  {
    // bearer credentials
    mark: 'bearer',
    pattern: shape('bearer[ \t]{1,4}', '[A-Za-z0-9._~+/-]{16,16384}={0,2}', 'gi'),
    isSecret: (token) => /\d/.test(token) || (/[a-z]/.test(token) && /[A-Z]/.test(token)),
  },
  {
    // basic credentials
    mark: 'basic',
    pattern: shape('basic[ \t]{1,4}', '[A-Za-z0-9+/]{4,4096}={0,2}', 'gi'),
    isSecret: (token) => /^[^\s:\p{C}]*:[^\s\p{C}]*$/u.test(Buffer.from(token, 'base64').toString('latin1')),
  },
  {
    // signature of a request
    mark: 'Signature=',
    pattern: shape('Signature=', '[0-9a-f]{64}(?![0-9A-Za-z])'),
  },
  {
    // password in a web address
    mark: '://',
    pattern: new RegExp(String.raw`(:\/\/(?<=https?:\/\/)[^\s/?#"'<>@:\\]{0,256}:)[${plain}]{1,400}(?=@)`, 'gi'),
  },
  {
    // token in a web address
    mark: '://',
    pattern: /(:\/\/(?<=https?:\/\/))[\w-]{20,400}(?=@)/gi,
    isSecret: isRandom,
  },
  {
    // Of a database it is often not encoded, so there '/', '?' and '#' do not end it.
    // password in another address
    mark: '://',
    pattern: new RegExp(
      String.raw`(:\/\/(?<=(?:[a-z][a-z0-9+.-]{0,30}):\/\/)(?<!https?:\/\/)[^\s/?#"'<>@:\\]{0,256}:)[/?#${plain}]{1,400}(?=@)`,
      'gi',
    ),
    // A port and the path of an image: `docker://registry:5000/shop/web@sha256:…`.
    isSecret: (token) => !/^\d{1,5}\//.test(token),
  },
  // AWS access key
  { mark: 'A[KS]IA', pattern: shape('', '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])') },
  {
    // AWS secret key
    mark: 'secret_?access_?key',
    pattern: new RegExp(`(secret_?access_?key${named})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`, 'gi'),
  },
  {
    // AWS session token
    mark: 'session_?token',
    pattern: new RegExp(`(session_?token${named})[A-Za-z0-9/+]{100,4096}={0,2}`, 'gi'),
  },
  // Google API key
  { mark: 'AIza', pattern: shape('', String.raw`AIza[\w-]{35}(?![\w-])`) },
  // Google access token
  { mark: 'ya29', pattern: shape('', String.raw`ya29\.[\w-]{20,2048}`) },
  {
    // Azure account key
    mark: 'AccountKey|SharedAccessKey',
    pattern: /((?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{40,128}={0,2}/gi,
  },
  {
    // Azure signature
    mark: 'sig=',
    pattern: /((?:[?&]|\\u0026)sig=)[A-Za-z0-9%+/=_-]{20,200}/g,
    isSecret: isRandom,
  },
  // GitHub token
  { mark: 'gh[pousr]_', pattern: shape('', 'gh[pousr]_[A-Za-z0-9]{36,255}') },
  // GitHub token
  { mark: 'github_pat_', pattern: shape('', String.raw`github_pat_\w{22,255}`) },
  // GitLab token
  { mark: 'glpat-', pattern: shape('', String.raw`glpat-[\w-]{20,255}`) },
  // Slack token
  { mark: 'xox', pattern: shape('', 'xox[abeoprs]-[A-Za-z0-9-]{10,255}'), isSecret: isRandom },
  {
    // key of a model provider
    mark: '(?:sk|pk|rk|gsk|xai|key)[-_]',
    pattern: shape('', String.raw`(?:(?:sk|pk|rk|gsk|xai|key)-|gsk_)[\w-]{16,255}`),
    isSecret: (token) => token.split('-').some((part) => part.length >= 16 && isRandom(part)),
  },
  {
    // Stripe key
    mark: '[rs]k_(?:live|test)_',
    pattern: shape('', '[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}'),
    isSecret: isRandom,
  },
  // DigitalOcean token
  { mark: 'dop_v1_', pattern: shape('', 'dop_v1_[a-f0-9]{64}') },
  // npm token
  { mark: 'npm_', pattern: shape('', 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])'), isSecret: isRandom },
  // PyPI token
  { mark: 'pypi-', pattern: shape('', String.raw`pypi-[\w-]{50,255}`), isSecret: isRandom },
  // SendGrid key
  { mark: String.raw`SG\.`, pattern: shape('', String.raw`SG\.[\w-]{22}\.[\w-]{43}(?![\w-])`) },
  // Vault token
  { mark: String.raw`hv[sb]\.`, pattern: shape('', String.raw`hv[sb]\.[\w-]{24,255}`) },
  // age key
  { mark: 'AGE-SECRET', pattern: shape('', 'AGE-SECRET-KEY-1[A-Z0-9]{50,100}') },
  {
    // As it stands in the data of a Secret that was copied elsewhere.
    // private key in base64
    mark: 'LS0tLS1CRUdJTi',
    pattern: shape('', 'LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,65536}={0,2}'),
    isSecret: isEncodedKey,
  },
]

function shape(before: string, secret: string, flags = 'g'): RegExp {
  return new RegExp(`${edge}(${before})${secret}`, flags)
}

/** Words are letters; what was drawn by lot has digits among them. */
function isRandom(token: string): boolean {
  return /\d/.test(token) && /[A-Za-z]/.test(token)
}

/** The first part of a token says how it is signed or encrypted. */
function isTokenHeader(part: string): boolean {
  const text = Buffer.from(part, 'base64url').toString()
  try {
    // It begins like a record, so it is one or no JSON.
    const header: object = JSON.parse(text)
    return 'alg' in header || 'enc' in header
  } catch {
    return false
  }
}

/** Beginning of the label of a private key. */
const encodedLabel = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/

/** One that was cut off is hidden as well, but where it is to be written: there it must be a key to its end. */
function isEncodedKey(token: string, strength: Strength): boolean {
  const text = Buffer.from(token, 'base64').toString('latin1').trim()
  if (strength === 'read') return encodedLabel.test(text)
  const [block] = keyBlocks(text)
  return block?.start === 0 && block.end === text.length
}
