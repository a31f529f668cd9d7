import { randomBytes } from 'node:crypto'

/** A text with one secret in it as programs write them; none of `secrets` may be read, nor a piece of them. */
export type SecretInText = { shape: string; text: string; secrets: string[] }

const hex = (bytes: number) => randomBytes(bytes).toString('hex')
const words = (bytes: number) => randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x')
const capitals = (length: number) => hex(length).toUpperCase().slice(0, length)

/** One of each shape that the masks know, made up anew. */
export function secretShapes(): SecretInText[] {
  const one = (shape: string, secret: string, around: (secret: string) => string): SecretInText => ({
    shape,
    text: around(secret),
    secrets: [secret],
  })
  const body = Array.from({ length: 8 }, () => hex(32))
  const lastLine = words(6)
  const key = (newline: string) =>
    ['-----BEGIN RSA PRIVATE KEY-----', ...body, lastLine, '-----END RSA PRIVATE KEY-----'].join(newline)
  const [header, payload, signature] = [
    Buffer.from('{"alg":"HS256"}').toString('base64url'),
    Buffer.from(JSON.stringify({ sub: words(200) })).toString('base64url'),
    words(32),
  ]
  return [
    { shape: 'a private key', text: key('\n'), secrets: [...body, lastLine] },
    { shape: 'a private key in JSON', text: JSON.stringify({ key: key('\n') }), secrets: [...body, lastLine] },
    one('a private key in base64', Buffer.from(key('\n')).toString('base64').slice(40), (rest) => {
      return `key: ${Buffer.from(key('\n')).toString('base64').slice(0, 40)}${rest}`
    }),
    one(
      'a JSON web token',
      `${payload.slice(8)}.${signature}`,
      (rest) => `token=${header}.${payload.slice(0, 8)}${rest}`,
    ),
    one('a header', words(24), (secret) => `Authorization: Basic ${secret}`),
    one('a header in JSON', words(24), (secret) => JSON.stringify({ authorization: `Bearer ${secret}`, n: 1 })),
    one('a signed header', hex(32), (secret) => `Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=${secret}`),
    one('a bearer', words(24), (secret) => `curl -H 'Bearer ${secret}' there`),
    one('userinfo', words(12), (secret) => `GET https://bob:${secret}@git.example/x.git`),
    one('userinfo of a database', `${words(6)}/${words(6)}`, (secret) => `to postgres://app:${secret}@db:5432/shop`),
    one('an AWS key', capitals(16), (secret) => `using AKIA${secret} now`),
    one('an AWS secret', words(30), (secret) => `aws_secret_access_key = ${secret}`),
    one('a Google key', words(40).slice(0, 35), (secret) => `AIza${secret}`),
    one('a Google token', words(40), (secret) => `ya29.${secret}`),
    one('an Azure key', words(40), (secret) => `AccountName=a;AccountKey=${secret}==;X=1`),
    one('an Azure signature', words(30), (secret) => `https://a.example/b?sv=1&sig=${secret}`),
    one('a GitHub token', words(40).slice(0, 36), (secret) => `with ghp_${secret}`),
    one('a fine GitHub token', words(40), (secret) => `with github_pat_${secret}`),
    one('a GitLab token', words(20), (secret) => `with glpat-${secret}`),
    one('a Slack token', words(20), (secret) => `with xoxb-${secret}`),
    one('a key of a model', words(30), (secret) => `with sk-${secret}`),
    one('a Stripe key', words(30), (secret) => `with sk_live_${secret}`),
    one('a DigitalOcean token', hex(32), (secret) => `with dop_v1_${secret}`),
    one('a token of npm', words(40).slice(0, 36), (secret) => `with npm_${secret}`),
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
