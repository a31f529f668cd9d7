import type { Fact, FactRule } from './fact.ts'
import { at, groupOf, recordIn, recordsIn } from './parts.ts'
import { shortened } from './shortened.ts'

/** A certificate that a signer of the cluster makes is an identity in it. */
export const certificates: FactRule = ({ object, quote }) => {
  if (object.kind !== 'CertificateSigningRequest' || groupOf(object) !== 'certificates.k8s.io') return []
  const signer = quote('/spec/signerName')
  const status = recordIn({ path: '', value: object }, 'status')
  const approvals =
    status === undefined ? [] : recordsIn(status, 'conditions').filter(({ value }) => value.type === 'Approved')
  return [
    { group: 'rights', path: '/spec/signerName', of: '', fact: `asks for a certificate of ${signer}` },
    ...approvals.map(({ path }): Fact => {
      const highRiskReason = `gives out a certificate of ${shortened(signer)}`
      return {
        group: 'rights',
        path: at(path, 'type'),
        of: '',
        fact: `approves a certificate of ${signer}`,
        highRiskReason,
      }
    }),
  ]
}
