import { randomBytes } from 'node:crypto'

/** `text` as a careless program would write it; `secret` is the part that nobody may read. */
export type PlantedSecret = { shape: string; text: string; secret: string }

const word = (bytes = 18) => randomBytes(bytes).toString('hex')
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** One of each shape that stands in text, made up anew. */
export function plantedSecrets(): PlantedSecret[] {
  const [userinfo, header, token, key, cloud] = [word(), word(), word(), word(32), word(8).toUpperCase()]
  const jwt = `${encoded({ alg: 'HS256' })}.${encoded({ sub: word() })}.${word()}`
  return [
    { shape: 'userinfo of a URL', text: `connecting to postgres://app:${userinfo}@db:5432/shop`, secret: userinfo },
    { shape: 'a header', text: `sent Authorization: Bearer ${header}`, secret: header },
    { shape: 'a JSON web token', text: `got ${jwt}`, secret: jwt },
    { shape: 'a token of a code host', text: `cloning with ghp_${token}`, secret: token },
    { shape: 'a cloud access key', text: `using AKIA${cloud}`, secret: cloud },
    {
      shape: 'a private key',
      text: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
      secret: key,
    },
  ]
}
