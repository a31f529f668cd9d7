import { describe, expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { networkPolicyFacts } from './network-policy.ts'

const policy = (spec: object) => objectOf('networking.k8s.io/v1', 'NetworkPolicy', { spec })
const from = (app: string) => ({ from: [{ podSelector: { matchLabels: { app } } }] })
const to = (app: string) => ({ to: [{ podSelector: { matchLabels: { app } } }] })
const widened = (path: string, more = '') => [{ group: 'ways in', path, of: '', fact: `NetworkPolicy widened${more}` }]

describe('a policy that is made', () => {
  it.each<[string, object, ReturnType<typeof widened>]>([
    ['lets anyone in', { ingress: [from('a'), {}] }, widened('/spec/ingress', ': lets anyone in')],
    ['lets anyone in by no peers', { ingress: [{ from: [] }] }, widened('/spec/ingress', ': lets anyone in')],
    ...['0.0.0.0/0', '::/0', '0.0.0.0/00', '128.0.0.0/1'].map((cidr): [string, object, ReturnType<typeof widened>] => [
      `lets anyone in by ${cidr}`,
      { ingress: [{ from: [...from('a').from, { ipBlock: { cidr } }] }] },
      widened('/spec/ingress', ': lets anyone in'),
    ]),
    ['lets some addresses in', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/10' } }, { ipBlock: {} }] }] }, []],
    ['has an address that is no text', { ingress: [{ from: [{ ipBlock: { cidr: ['0.0.0.0/0'] } }] }] }, []],
    ['lets traffic out to anywhere', { egress: [{}] }, widened('/spec/egress', ': lets traffic out to anywhere')],
    ['lets some in and out', { ingress: [from('a')], egress: [to('a')] }, []],
    ['lets nobody in', { ingress: [] }, []],
    ['has rules that are none', { ingress: 'x', egress: [null] }, []],
  ])('%s', (_, spec, facts) => {
    expect(networkPolicyFacts(undefined, policy(spec))).toEqual(facts)
  })
})

describe('a policy that changes', () => {
  const selector = { podSelector: { matchLabels: { app: 'a' } } }
  it.each<[string, object, object, string | undefined]>([
    ['to other pods', {}, selector, '/spec/podSelector'],
    ['by a rule more', { ingress: [from('a')] }, { ingress: [from('a'), from('b')] }, '/spec/ingress/1'],
    ['by another rule out', { egress: [to('a')] }, { egress: [to('b')] }, '/spec/egress/0'],
    ['by a rule less', { ingress: [from('a'), from('b')] }, { ingress: [from('b')] }, undefined],
    ['by the last rule out less, which lets all out', { egress: [to('a')] }, { egress: [] }, '/spec/policyTypes'],
    ['by a first rule out, where none was held', {}, { egress: [to('a')] }, undefined],
    ['to hold what goes out as well', { ingress: [] }, { policyTypes: ['Ingress', 'Egress'], ingress: [] }, undefined],
    [
      'to hold nothing of what comes in',
      { policyTypes: ['Ingress'] },
      { policyTypes: ['Egress'] },
      '/spec/policyTypes',
    ],
    ['in nothing', { ...selector, ingress: [from('a')] }, { ...selector, ingress: [from('a')] }, undefined],
  ])('%s', (_, before, after, path) => {
    expect(networkPolicyFacts(policy(before), policy(after))).toEqual(path === undefined ? [] : widened(path))
  })
})

it('one that is removed holds nothing any more', () => {
  expect(networkPolicyFacts(policy({}), undefined)).toEqual([
    { group: 'ways in', path: '', of: '', fact: 'NetworkPolicy removed' },
  ])
})

it('is a policy of Kubernetes: no other kind, and none of that name in another group', () => {
  for (const [group, kind] of [
    ['networking.k8s.io/v1', 'Ingress'],
    ['crd.example.com/v1', 'NetworkPolicy'],
  ] as const) {
    expect(networkPolicyFacts(undefined, objectOf(group, kind, { spec: { ingress: [{}] } }))).toEqual([])
  }
  expect(networkPolicyFacts(undefined, undefined)).toEqual([])
})
