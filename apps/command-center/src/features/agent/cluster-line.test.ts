import type { ClusterFacts } from '@fairlead/contract/endpoints/agent'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { ClusterLine, shortIdentity } from './cluster-line.tsx'

const facts: ClusterFacts = {
  context: 'prod-eu',
  server: null,
  version: 'v1.36.3',
  reachable: true,
  nodes: 3,
  namespaces: 9,
  current_namespace: 'shop',
  sandbox: false,
  identity: 'system:serviceaccount:ops:reader',
}
const textOf = (...clusters: ClusterFacts[]) =>
  renderToStaticMarkup(createElement(ClusterLine, { clusters }))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

describe('ClusterLine', () => {
  it('names cluster, namespace and who the tools act as', () => {
    expect(textOf(facts)).toBe('prod-eu shop as ops/reader')
    expect(textOf({ ...facts, current_namespace: null, identity: null })).toBe('prod-eu')
  })

  it('marks a sandbox, and a cluster that does not answer', () => {
    expect(textOf({ ...facts, sandbox: true })).toContain('sandbox')
    expect(textOf({ ...facts, reachable: false })).toContain('no answer')
  })

  it('counts several', () => {
    expect(textOf(facts, { ...facts, context: 'prod-us' })).toBe('2 clusters')
    expect(textOf(facts, { ...facts, context: 'prod-us', reachable: false })).toContain('not all answer')
    expect(textOf()).toBe('')
  })
})

describe('shortIdentity', () => {
  it('keeps what is no service account', () => {
    expect(shortIdentity('ada@example.com')).toBe('ada@example.com')
    expect(shortIdentity('system:node:n1')).toBe('system:node:n1')
  })
})
