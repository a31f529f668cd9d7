import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Certificate = { cert: string; key: string }
export type Authority = Certificate & { commonName: string }
export type CertificateOptions = {
  commonName: string
  organizations?: string[]
  use: 'server' | 'client'
  /** DNS names and IPv4 addresses a server certificate is good for. */
  hosts?: string[]
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
}
const LIFETIME_MS = 365 * 24 * 3600 * 1000

/** A certificate authority of one's own, good for a year (PEM). Node can sign but not issue, hence the DER below. */
export function createAuthority(commonName: string): Authority {
  const { privateKey, publicKey } = newKeys()
  const subject = distinguishedName(commonName, [])
  const extensions = [
    extension(oids.basicConstraints, sequence(tagged(0x01, Buffer.from([0xff]))), true),
    extension(oids.keyUsage, tagged(0x03, Buffer.from([2, 0b10000100])), true), // digitalSignature, keyCertSign
  ]
  const cert = issue({ issuer: subject, subject, publicKey, extensions, signedWith: privateKey })
  return { cert, key: pem(privateKey), commonName }
}

/** A certificate of that authority, good for a year, with a key of its own (PEM). */
export function issueCertificate(authority: Authority, options: CertificateOptions): Certificate {
  const { privateKey, publicKey } = newKeys()
  const extensions = [
    extension(oids.keyUsage, tagged(0x03, Buffer.from([7, 0b10000000])), true), // digitalSignature
    extension(oids.extendedKeyUsage, sequence(objectId(oids[options.use]))),
  ]
  if (options.hosts?.length) extensions.push(extension(oids.subjectAltName, sequence(...options.hosts.map(hostName))))
  const cert = issue({
    issuer: distinguishedName(authority.commonName, []),
    subject: distinguishedName(options.commonName, options.organizations ?? []),
    publicKey,
    extensions,
    signedWith: createPrivateKey(authority.key),
  })
  return { cert, key: pem(privateKey) }
}

/** A key pair in PEM, as service account tokens are signed with. */
export function createSigningKey(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = newKeys()
  return { privateKey: pem(privateKey), publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function pem(key: KeyObject): string {
  return key.export({ type: 'sec1', format: 'pem' }).toString()
}

function issue(from: {
  issuer: Buffer
  subject: Buffer
  publicKey: KeyObject
  extensions: Buffer[]
  signedWith: KeyObject
}): string {
  const algorithm = sequence(objectId(oids.ecdsaWithSha256))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // positive and without a leading zero, as DER demands
  const toSign = sequence(
    tagged(0xa0, integer(2)),
    tagged(0x02, serial),
    algorithm,
    from.issuer,
    sequence(utcTime(Date.now() - 3_600_000), utcTime(Date.now() + LIFETIME_MS)),
    from.subject,
    from.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...from.extensions)),
  )
  const signature = sign('sha256', toSign, from.signedWith)
  const der = sequence(toSign, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function tagged(tag: number, content: Buffer): Buffer {
  const length = content.length
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  if (length > 0xffff) throw new Error('certificate too long')
  const header = length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]))
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const sevens = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) sevens.unshift((left & 0x7f) | 0x80)
    bytes.push(...sevens)
  }
  return tagged(0x06, Buffer.from(bytes))
}

function utcTime(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${text}Z`))
}

function distinguishedName(commonName: string, organizations: string[]): Buffer {
  const attribute = (id: string, value: string) =>
    tagged(0x31, sequence(objectId(id), tagged(0x0c, Buffer.from(value))))
  return sequence(
    ...organizations.map((name) => attribute(oids.organization, name)),
    attribute(oids.commonName, commonName),
  )
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const parts = [objectId(id), tagged(0x04, value)]
  if (critical) parts.splice(1, 0, tagged(0x01, Buffer.from([0xff])))
  return sequence(...parts)
}

function hostName(host: string): Buffer {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return tagged(0x87, Buffer.from(host.split('.').map(Number)))
  return tagged(0x82, Buffer.from(host))
}
