import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import { expect, test } from 'vitest'
import { createHelmProgram } from '../helm-cli/helm-client.ts'
import type { Cluster } from '../kube/cluster.ts'
import { createClusters } from '../kube/clusters.ts'
import { everywhere } from '../kube/namespace-scope.ts'
import { kubernetes } from '../kubernetes/family.ts'
import type { Arguments } from '../tool/define-tool.ts'
import { type CallDependencies, createCallAnswerer } from './answer-call.ts'
import { noLiveOutput } from './live-output.ts'

const contacted: string[] = []
const contact = (what: string) => async (): Promise<never> => {
  contacted.push(what)
  throw new Error(`${what} was contacted`)
}
const cluster: Cluster = {
  name: 'default',
  known: { cluster: 'default', context: 'default' },
  server: 'https://cluster.invalid',
  namespace: undefined,
  send: contact('the API server'),
  upgrade: contact('a pod'),
  close: async () => undefined,
}
const deps: CallDependencies = {
  tools: new Map(kubernetes.tools.map((tool) => [tool.name, tool])),
  mode: 'grant',
  actsAs: 'server',
  clusters: createClusters([cluster], { defaultNamespace: undefined }),
  settings: {
    maxOutputChars: 60_000,
    revealSecrets: false,
    protectedNamespaces: new Set(),
    execReadAllowlist: true,
    allowProtected: false,
    fieldManager: 'fairlead',
    redactionKey: undefined,
  },
  scope: everywhere,
  readIdentity: undefined,
  checkGrant: contact('the store of grants'),
  confirmation: { ask: contact('the user'), permit: contact('the user') },
  admit: async () => () => undefined,
  admitReading: async () => () => undefined,
  log: createLogger({ name: 'mcp', level: 'fatal' }),
  stopping: new AbortController().signal,
  writeTimeoutMs: 1_000,
  forwards: undefined,
  workloads: [],
  readCredentials: () => Promise.reject(new Error('no Jenkins here')),
  helm: createHelmProgram({
    settings: { path: '', home: '', driver: 'secret', network: {} },
    rules: { allowedRegistries: [], allowHttp: false, allowLocal: false },
    isPersistent: false,
  }),
}
const answerCall = createCallAnswerer(deps)
const call = (name: string, args: Arguments) =>
  answerCall({
    name,
    args,
    meta: {},
    signal: new AbortController().signal,
    peer: 'test',
    token: undefined,
    live: noLiveOutput,
    host: {},
  }) as Promise<ToolAnswer>

// The protocol library leaves such a property out. A caller that parses arguments otherwise must not bring one either.
test.each(kubernetes.tools.map(({ name }) => name))(
  '%s refuses an own property `__proto__` as an unknown argument before anything is contacted',
  async (name) => {
    const args: Arguments = JSON.parse('{"__proto__":{"namespace":"kube-system"}}')
    expect(Object.keys(args)).toEqual(['__proto__'])
    expect(await call(name, args)).toMatchObject({
      error: true,
      code: 'InvalidArgument',
      output: expect.stringMatching(/^InvalidArgument: "__proto__" is not a parameter\. /),
    })
    expect(contacted).toEqual([])
  },
)
