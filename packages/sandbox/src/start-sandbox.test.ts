import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, createAuthority, issueCertificate } from '@fairlead/service-kit/certificate'
import { kubeRequest } from '@fairlead/testing/cluster/kube-request'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from './start-sandbox.ts'

let folder: string
let sandbox: Sandbox

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-sandbox-'))
  sandbox = await startSandbox({ auditLog: join(folder, 'audit.log'), hasControllers: false })
})
afterAll(async () => {
  await sandbox?.stop()
  rmSync(folder, { recursive: true })
})

function whoIs(authority: Authority) {
  const credentials = issueCertificate(authority, { commonName: 'ann', organizations: ['dev', 'ops'], use: 'client' })
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  return kubeRequest(sandbox.url, { method: 'POST', path, body: {}, ca: sandbox.ca, credentials })
}

test('a client certificate names the user and their groups', async () => {
  const { status, body } = await whoIs(sandbox.authority)
  expect(status, JSON.stringify(body)).toBe(201)
  expect(body).toMatchObject({
    status: { userInfo: { username: 'ann', groups: ['dev', 'ops', 'system:authenticated'] } },
  })
})

test('a certificate of another authority is nobody’s', async () => {
  expect(await whoIs(createAuthority('fairlead-sandbox'))).toMatchObject({ status: 401 })
})

test('each request for objects is on record before its answer is read, contents of Secrets are not', async () => {
  const credentials = { token: sandbox.token }
  const ask = (method: string, path: string, body?: object) =>
    kubeRequest(sandbox.url, { method, path, body, ca: sandbox.ca, credentials })
  const last = () => JSON.parse(readFileSync(join(folder, 'audit.log'), 'utf8').trimEnd().split('\n').at(-1) ?? '')
  await ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } })
  expect(last()).toMatchObject({
    stage: 'ResponseComplete',
    verb: 'create',
    requestURI: '/api/v1/namespaces',
    user: { username: 'admin' },
    objectRef: { resource: 'namespaces', name: 'shop', apiVersion: 'v1' },
    responseStatus: { code: 201 },
    requestObject: { metadata: { name: 'shop' } },
  })
  await ask('POST', '/api/v1/namespaces/shop/secrets', { metadata: { name: 'db' }, data: { p: 'aHVudGVyMg==' } })
  expect(last()).toMatchObject({ objectRef: { resource: 'secrets', namespace: 'shop', name: 'db' } })
  expect(last()).not.toHaveProperty('requestObject')
  await ask('DELETE', '/api/v1/namespaces/shop/pods/gone')
  expect(last()).toMatchObject({ verb: 'delete', objectRef: { name: 'gone' }, responseStatus: { code: 404 } })
})

test('a Role made without rules is applied over without a conflict, and knows no empty list', async () => {
  const credentials = { token: sandbox.token }
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'bare' } }
  await kubeRequest(sandbox.url, { method: 'POST', path: roles, body: role, ca: sandbox.ca, credentials })
  const applied = await kubeRequest(sandbox.url, {
    method: 'PATCH',
    path: `${roles}/bare?fieldManager=later`,
    contentType: 'application/apply-patch+yaml',
    body: { ...role, rules: [] },
    ca: sandbox.ca,
    credentials,
  })
  expect(applied).toMatchObject({
    status: 200,
    body: { rules: null, metadata: { managedFields: [{ manager: 'later' }] } },
  })
})

test.each(['exec?command=ls', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'])(
  'what only a container that runs could answer says so: %s',
  async (subresource) => {
    const path = `/api/v1/namespaces/default/pods/web/${subresource}`
    const credentials = { token: sandbox.token }
    const { status, body } = await kubeRequest(sandbox.url, { method: 'GET', path, ca: sandbox.ca, credentials })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('the containers of the sandbox are played: ') },
    })
  },
)
