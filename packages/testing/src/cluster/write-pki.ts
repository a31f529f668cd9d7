import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, createSigningKey, issueCertificate } from '@fairlead/service-kit/certificate'

/** Writes the authorities, certificates and keys of a control plane into a folder (PEM). */
export async function writePki(folder: string): Promise<void> {
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 })
  const writePair = async (name: string, pair: { cert: string; key: string }) => {
    await write(`${name}.crt`, pair.cert)
    await write(`${name}.key`, pair.key)
  }
  const ca = createAuthority('fairlead-test-ca')
  await writePair('ca', ca)
  const hosts = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '127.0.0.1', '10.96.0.1']
  await writePair('apiserver', issueCertificate(ca, { commonName: 'apiserver', use: 'server', hosts }))
  await writePair('kubelet', issueCertificate(ca, { commonName: 'kubelet', use: 'server', hosts }))
  await writePair(
    'kubelet-client',
    issueCertificate(ca, { commonName: 'kubelet-client', organizations: ['system:masters'], use: 'client' }),
  )
  const front = createAuthority('fairlead-test-front-proxy-ca')
  await writePair('front-proxy-ca', front)
  await writePair('front-proxy-client', issueCertificate(front, { commonName: 'front-proxy-client', use: 'client' }))
  const accounts = createSigningKey()
  await write('sa.key', accounts.privateKey)
  await write('sa.pub', accounts.publicKey)
}
