import { expect, it } from 'vitest'
import { certificates } from './certificates.ts'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'

const spec = { signerName: 'kubernetes.io/kube-apiserver-client' }
const of = (more: object, apiVersion = 'certificates.k8s.io/v1', kind = 'CertificateSigningRequest') =>
  certificates(plainlyRead(objectOf(apiVersion, kind, { spec, ...more })))
const requested = {
  group: 'rights',
  path: '/spec/signerName',
  of: '',
  fact: 'asks for a certificate of «kubernetes.io/kube-apiserver-client»',
}

it('a certificate that is asked for', () => {
  expect(of({})).toEqual([requested])
  expect(of({ status: { conditions: [{ type: 'Denied' }] } })).toEqual([requested])
  expect(of({}, 'example.com/v1')).toEqual([])
  expect(of({}, 'certificates.k8s.io/v1', 'Other')).toEqual([])
})

it('a certificate that is given out', () => {
  expect(of({ status: { conditions: [{ type: 'Failed' }, { type: 'Approved' }] } })).toEqual([
    requested,
    {
      group: 'rights',
      path: '/status/conditions/1/type',
      of: '',
      fact: 'approves a certificate of «kubernetes.io/kube-apiserver-client»',
      highRiskReason: 'gives out a certificate of «kubernetes.io/kube-apiserver-client»',
    },
  ])
})
