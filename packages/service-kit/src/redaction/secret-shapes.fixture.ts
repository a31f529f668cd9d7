import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** A text with one secret in it as programs write them; none of `secrets` may be read, nor a piece of them. */
export type SecretInText = { shape: string; text: string; secrets: string[] }

const hex = (bytes: number) => randomBytes(bytes).toString('hex')
/** A digit leads: what is drawn by lot need not have one, and what has none may be a word. */
const words = (bytes: number) => `7${randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x').slice(1)}`
const capitals = (length: number) => hex(length).toUpperCase().slice(0, length)
const wrapped = (bytes: Uint8Array, width: number) =>
  Buffer.from(bytes)
    .toString('base64')
    .match(new RegExp(`.{1,${width}}`, 'g')) ?? []

/** Private keys in the forms that programs write, made up anew. */
export function privateKeys(): SecretInText[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const forms = {
    'PKCS #8': privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'SEC 1': privateKey.export({ type: 'sec1', format: 'pem' }),
    'PKCS #8, encrypted': privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: hex(8),
    }),
    'SEC 1, encrypted': privateKey.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: hex(8) }),
    Ed25519: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    OpenSSH: armoured('OPENSSH PRIVATE KEY', [
      ...wrapped(Buffer.concat([Buffer.from('openssh-key-v1\0'), randomBytes(300)]), 70),
    ]),
    OpenPGP: armoured('PGP PRIVATE KEY BLOCK', [
      'Version: GnuPG v2',
      '',
      ...wrapped(Buffer.concat([Buffer.from([0x95, 0x01, 0x80]), randomBytes(384)]), 64),
      `=${randomBytes(3).toString('base64')}`,
    ]),
  }
  return Object.entries(forms).map(([form, pem]) => {
    const text = String(pem).trim()
    return {
      shape: `a private key (${form})`,
      text,
      secrets: text.split('\n').filter((line) => /^[\w+/]{16}/.test(line)),
    }
  })
}

function armoured(label: string, lines: readonly string[]): string {
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n')
}

/** One of each shape that the masks know, made up anew. */
export function secretShapes(): SecretInText[] {
  const one = (shape: string, secret: string, around: (secret: string) => string): SecretInText => ({
    shape,
    text: around(secret),
    secrets: [secret],
  })
  const keys = privateKeys()
  const [key = { text: '', secrets: [] }] = keys
  const encoded = Buffer.from(`${key.text}\n`).toString('base64')
  const [header, payload, signature] = [
    Buffer.from('{"alg":"HS256"}').toString('base64url'),
    Buffer.from(JSON.stringify({ sub: words(200) })).toString('base64url'),
    words(32),
  ]
  return [
    ...keys,
    { shape: 'a private key in JSON', text: JSON.stringify({ key: key.text }), secrets: key.secrets },
    { shape: 'a private key in base64', text: `key: ${encoded}`, secrets: [encoded.slice(40)] },
    one(
      'a JSON web token',
      `${payload.slice(8)}.${signature}`,
      (rest) => `token=${header}.${payload.slice(0, 8)}${rest}`,
    ),
    one('a header', Buffer.from(`bob:${hex(12)}`).toString('base64'), (secret) => `Authorization: Basic ${secret}`),
    one('a header in JSON', words(24), (secret) => JSON.stringify({ authorization: `Bearer ${secret}`, n: 1 })),
    one('a signed header', hex(32), (secret) => `Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=${secret}`),
    one('a bearer', words(24), (secret) => `curl -H 'Bearer ${secret}' there`),
    one('userinfo', words(12), (secret) => `GET https://bob:${secret}@git.example/x.git`),
    one('a token as userinfo', words(24), (secret) => `GET https://${secret}@git.example/x.git`),
    one('userinfo of a database', `${words(6)}/${words(6)}`, (secret) => `to postgres://app:${secret}@db:5432/shop`),
    one('an AWS key', capitals(16), (secret) => `using AKIA${secret} now`),
    one('an AWS secret', words(30), (secret) => `aws_secret_access_key = ${secret}`),
    one('an AWS session', words(120), (secret) => `aws_session_token = ${secret}`),
    one('a Google key', words(40).slice(0, 35), (secret) => `AIza${secret}`),
    one('a Google token', words(40), (secret) => `ya29.${secret}`),
    one('an Azure key', words(40), (secret) => `AccountName=a;AccountKey=${secret}==;X=1`),
    one('an Azure signature', words(30), (secret) => `https://a.example/b?sv=1&sig=${secret}`),
    one('a GitHub token', words(40).slice(0, 36), (secret) => `with ghp_${secret}`),
    one('a fine GitHub token', words(40), (secret) => `with github_pat_${secret}`),
    one('a GitLab token', words(20), (secret) => `with glpat-${secret}`),
    one('a Slack token', words(20), (secret) => `with xoxb-${secret}`),
    one('a key of a model', words(30), (secret) => `with sk-${secret}`),
    one('a key of another model', hex(24), (secret) => `with sk-proj-${secret}`),
    one('a Stripe key', words(30), (secret) => `with sk_live_${secret}`),
    one('a DigitalOcean token', hex(32), (secret) => `with dop_v1_${secret}`),
    one('a token of npm', words(40).slice(0, 36), (secret) => `with npm_${secret}`),
    one('a PyPI token', words(60), (secret) => `with pypi-${secret}`),
    one('a SendGrid key', words(50).slice(0, 43), (secret) => `with SG.${words(30).slice(0, 22)}.${secret}`),
    one('a Vault token', words(30), (secret) => `with hvs.${secret}`),
    one('an age key', capitals(58), (secret) => `AGE-SECRET-KEY-1${secret}`),
  ]
}

/** So much of a secret in a row is half of one; fewer are chance. */
const tellingLength = 8

/** The first piece of a secret that stands in `text`, of eight characters; undefined when none does. */
export function leakedPiece(text: string, { secrets }: SecretInText): string | undefined {
  for (const secret of secrets) {
    for (let start = 0; start + tellingLength <= secret.length; start++) {
      const piece = secret.slice(start, start + tellingLength)
      if (text.includes(piece)) return piece
    }
  }
  return undefined
}
