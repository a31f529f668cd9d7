import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority, issueCertificate } from './certificate.ts'

test('an authority signs itself and what it issues, and nothing of another', () => {
  const authority = createAuthority('ours')
  const { cert, key } = issueCertificate(authority, {
    commonName: 'one',
    use: 'server',
    hosts: ['localhost', '10.0.0.1'],
  })
  const [issuer, issued] = [new X509Certificate(authority.cert), new X509Certificate(cert)]
  expect(issuer.ca).toBe(true)
  expect(issuer.verify(issuer.publicKey)).toBe(true)
  expect(issued.ca).toBe(false)
  expect(issued.checkIssued(issuer)).toBe(true)
  expect(issued.verify(issuer.publicKey)).toBe(true)
  expect(issued.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(issued.verify(new X509Certificate(createAuthority('ours').cert).publicKey)).toBe(false)
})

test('a certificate says whom it is for, what for, and until when', () => {
  const authority = createAuthority('ours')
  const organizations = ['system:masters', `a name longer than one byte of length can tell ${'x'.repeat(200)}`]
  const client = new X509Certificate(
    issueCertificate(authority, { commonName: 'ada', organizations, use: 'client' }).cert,
  )
  expect(client.subject.split('\n')).toEqual([...organizations.map((name) => `O=${name}`), 'CN=ada'])
  expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  const server = new X509Certificate(
    issueCertificate(authority, { commonName: 'web', use: 'server', hosts: ['web.example', '127.0.0.1'] }).cert,
  )
  expect(server.subjectAltName).toBe('DNS:web.example, IP Address:127.0.0.1')
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(server.checkHost('other.example')).toBeUndefined()
  const days = (server.validToDate.getTime() - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(360)
  expect(days).toBeLessThan(366)
})
