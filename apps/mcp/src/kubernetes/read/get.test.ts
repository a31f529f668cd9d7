import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { flag, letters, noNamespace, noType } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sGet } from './get.ts'

describeTool(k8sGet, {
  minimal: { resource_type: 'pods' },
  good: ({ namespace }) => ({ resource_type: 'configmaps', name: 'settings', namespace }),
  bad: [
    ['plain word', { resource_type: '--raw=/api' }, flag('resource_type')],
    ['name', { name: '../x' }, `name "../x" is not a name. ${letters}`],
    ['name, colon', { name: 'a:b' }, `name "a:b" contains ':', which only names of roles and bindings may. ${letters}`],
    ['type', { resource_type: '1pod' }, noType('1pod')],
    [
      'type, name twice',
      { resource_type: 'pod/a', name: 'b' },
      'name and a resource_type of the form TYPE/NAME exclude each other.',
    ],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    [
      'selector, labels',
      { label_selector: 'a b' },
      'label_selector "a b" is not a label selector: expected \',\' or the end at character 3.',
    ],
    [
      'selector, fields',
      { field_selector: 'a=b,c' },
      'field_selector "a=b,c" is not a field selector: expected FIELD=VALUE or FIELD!=VALUE at character 5.',
    ],
    ['selector, with a name', { name: 'a', label_selector: 'a=b' }, 'name and label_selector exclude each other.'],
    ['number', { limit: 101 }, 'limit must be between 1 and 100, got 101.'],
    ['choice', { output: 'csv' }, 'output "csv" is not one of json, name, wide, yaml.'],
    ['choice, not a string', { output: 3 }, 'output 3 is not one of json, name, wide, yaml.'],
    [
      'free text',
      { continue_token: 'a\nb' },
      'continue_token must not contain a newline or another control character.',
    ],
    ['bool', { all_namespaces: 'yes' }, 'all_namespaces must be true or false, got "yes".'],
    [
      'known parameter',
      { selector: 'a' },
      '"selector" is not a parameter. Known parameters: resource_type, name, all_namespaces, namespace, output, label_selector, field_selector, limit, continue_token, sort_by.',
    ],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('get')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
  for (const name of ['one', 'two', 'three'])
    await create('configmaps', { metadata: { name, labels: { app: name } }, data: { text: name } })
  await create('secrets', {
    metadata: { name: 'db' },
    stringData: { password: 'correct-horse-battery', url: 'postgres://app:hunter2@db/shop' },
  })
}, 60_000)

afterAll(() => tools.close())

async function create(plural: string, body: object) {
  const { status } = await server.request('POST', `/api/v1/namespaces/${namespace}/${plural}`, body)
  expect(status).toBe(201)
}

test('a list is the table of the server, aligned, with upper-case headers', async () => {
  const { output, data, ...rest } = await tools.run(k8sGet, { resource_type: 'cm', label_selector: 'app in (one,two)' })
  expect(output.split('\n')).toEqual([
    'NAME   DATA   AGE',
    expect.stringMatching(/^one {4}1 {6}\d+s$/),
    expect.stringMatching(/^two {4}1 {6}\d+s$/),
  ])
  expect(data).toEqual({
    rows: [expect.objectContaining({ NAME: 'one', DATA: '1' }), expect.objectContaining({ NAME: 'two' })],
  })
  expect(rest).toMatchObject({ namespace, truncated: false, total_items: 2, returned_items: 2 })
})

test('one object by its name, and by TYPE/NAME', async () => {
  const byName = await tools.run(k8sGet, { resource_type: 'configmap', name: 'one', output: 'name' })
  expect(byName.output).toBe('configmap/one')
  expect(await tools.run(k8sGet, { resource_type: 'configmap/one', output: 'name' })).toEqual(byName)
})

test('all namespaces show theirs in front', async () => {
  const { output, namespace: used } = await tools.run(k8sGet, {
    resource_type: 'cm',
    all_namespaces: true,
    name: 'one',
  })
  expect(output.split('\n')[0]).toMatch(/^NAMESPACE +NAME /)
  expect(output).toMatch(new RegExp(`^${namespace} +one `, 'm'))
  expect(used).toBeUndefined()
})

test('several types stand in blocks, with their type before the name', async () => {
  const { output } = await tools.run(k8sGet, { resource_type: 'configmaps,secrets' })
  const [first = '', second = ''] = output.split('\n\n')
  expect(first).toMatch(/^NAME .*\n(.*\n)*configmap\/one /)
  expect(second).toMatch(/^NAME .*\nsecret\/db /)
})

test('a category is taken apart, and an empty answer says where it looked', async () => {
  expect((await tools.run(k8sGet, { resource_type: 'all' })).output).toBe(
    `No resources found in ${namespace} namespace.`,
  )
  expect((await tools.run(k8sGet, { resource_type: 'pv', label_selector: 'no=such' })).output).toBe(
    'No resources found.',
  )
})

test('yaml and json are whole objects without managedFields', async () => {
  const one = parse((await tools.run(k8sGet, { resource_type: 'cm', name: 'one', output: 'yaml' })).output)
  expect(one).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { text: 'one' } })
  expect(one.metadata.managedFields).toBeUndefined()
  const list = JSON.parse((await tools.run(k8sGet, { resource_type: 'cm', output: 'json', sort_by: 'name' })).output)
  expect(list.kind).toBe('List')
  expect(
    list.items.map((item: { kind: string; metadata: { name: string } }) => `${item.kind}/${item.metadata.name}`),
  ).toEqual(['ConfigMap/kube-root-ca.crt', 'ConfigMap/one', 'ConfigMap/three', 'ConfigMap/two'])
})

test.each(['yaml', 'json', 'wide', 'name', null])('no value of a Secret is in output %s', async (output) => {
  for (const args of [{ name: 'db' }, {}, { all_namespaces: true }]) {
    const shown = JSON.stringify(await tools.run(k8sGet, { resource_type: 'secret', output, ...args }))
    expect(shown).toContain('db')
    for (const plain of ['correct-horse-battery', 'hunter2'])
      for (const form of [plain, btoa(plain).slice(0, 12)]) expect(shown).not.toContain(form)
  }
  expect((await tools.run(k8sGet, { resource_type: 'secret', name: 'db', output: 'yaml' })).output).toContain(
    'password: "***(21 bytes)"',
  )
})

test('a page ends with the token of the next, and the pages are the whole', async () => {
  const names: string[] = []
  let token: string | undefined
  do {
    const page = await tools.run(k8sGet, {
      resource_type: 'cm',
      output: 'name',
      limit: 3,
      continue_token: token ?? null,
    })
    if (token === undefined) expect(page).toMatchObject({ truncated: true, total_items: 4, returned_items: 3 })
    if (page.continue_token) expect(page.output).toContain(`continue_token ${page.continue_token}`)
    names.push(...page.output.split('\n').filter((line) => line.startsWith('configmap/')))
    token = page.continue_token
  } while (token)
  expect(names.toSorted()).toEqual(['configmap/kube-root-ca.crt', 'configmap/one', 'configmap/three', 'configmap/two'])
})

test('rows are sorted by a column, and an unknown one lists those there are', async () => {
  const { output } = await tools.run(k8sGet, { resource_type: 'cm', sort_by: 'DATA' })
  expect(output.split('\n')[1]).toMatch(/ 1 /)
  expect(await tools.refusal(k8sGet, { resource_type: 'cm', sort_by: 'restarts' })).toBe(
    'InvalidArgument: sort_by "restarts" is not one of age, data, name.',
  )
})

test('output over the limit keeps whole rows, and YAML stays parseable', async () => {
  const small = readTools({ kubeconfig: server.kubeconfig, namespace, settings: { maxOutputChars: 600 } })
  try {
    const list = await small.run(k8sGet, { resource_type: 'cm', output: 'yaml', label_selector: 'app' })
    expect(list.truncated).toBe(true)
    expect(list.output.length).toBeLessThanOrEqual(600)
    expect(parse(list.output).items).toHaveLength(list.returned_items ?? -1)
    const object = await small.run(k8sGet, { resource_type: 'cm', name: 'kube-root-ca.crt', output: 'json' })
    expect(JSON.parse(object.output)).toMatchObject({
      metadata: { name: 'kube-root-ca.crt' },
      truncated: expect.stringMatching(/^\[truncated/),
    })
  } finally {
    await small.close()
  }
})

test('of many pods those are shown that fit, with how many there are and how to narrow', {
  timeout: 120_000,
}, async () => {
  const total = process.env.FAIRLEAD_FULL === '1' ? 5_000 : 120
  const place = await server.newNamespace('many')
  const path = `/api/v1/namespaces/${place}/pods`
  let made = 0
  const makeNext = async (): Promise<void> => {
    if (made === total) return
    const metadata = { name: `pod-${made++}` }
    await server.request('POST', path, {
      metadata,
      spec: { schedulerName: 'nobody', containers: [{ name: 'a', image: 'a:1' }] },
    })
    return makeNext()
  }
  await Promise.all(Array.from({ length: 30 }, makeNext))
  const small = readTools({ kubeconfig: server.kubeconfig, namespace: place, settings: { maxOutputChars: 2_000 } })
  try {
    const { output, truncated, total_items, returned_items } = await small.run(k8sGet, { resource_type: 'pods' })
    expect({ truncated, total_items }).toEqual({ truncated: true, total_items: total })
    expect(output.split('\n').at(-1)).toBe(
      `[truncated: showing ${returned_items} of ${total} rows; narrow with namespace, label_selector, field_selector or a name]`,
    )
    expect(output.length).toBeLessThanOrEqual(2_000)
  } finally {
    await small.close()
    await server.request('DELETE', `${path}?gracePeriodSeconds=0`)
  }
})

test.each([
  [
    { resource_type: 'cm', namespace: 'a', all_namespaces: true },
    'InvalidArgument: namespace and all_namespaces exclude each other.',
  ],
  [{ resource_type: 'cm', output: 'csv' }, 'InvalidArgument: output "csv" is not one of json, name, wide, yaml.'],
  [{ resource_type: '--raw=/api' }, "InvalidArgument: resource_type must not begin with '-'."],
  [
    { resource_type: 'cm', name: 'a', label_selector: 'b' },
    'InvalidArgument: name and label_selector exclude each other.',
  ],
  [
    { resource_type: 'cm,pods', name: 'a' },
    'InvalidArgument: name and several types in resource_type exclude each other.',
  ],
  [
    { resource_type: 'cm/a', name: 'a' },
    'InvalidArgument: name and a resource_type of the form TYPE/NAME exclude each other.',
  ],
  [
    { resource_type: 'all', name: 'a' },
    'InvalidArgument: name and resource_type "all" exclude each other: it is a category of several types.',
  ],
  [{ resource_type: 'cm', limit: 101 }, 'InvalidArgument: limit must be between 1 and 100, got 101.'],
  [{}, 'InvalidArgument: resource_type is required.'],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sGet, args)).toBe(sentence)
})

test('what is not there is NotFound, with near names', async () => {
  expect(await tools.refusal(k8sGet, { resource_type: 'cm', name: 'thre' })).toBe(
    `NotFound: configmap "thre" in namespace ${namespace} not found. Near names: three.`,
  )
  expect(await tools.refusal(k8sGet, { resource_type: 'deploymnets' })).toMatch(
    /^NotFound: .*Near names: .*deployments/,
  )
})

test('events are listed as k8s_events shows them, equal ones of several objects in one row', async () => {
  const place = await server.newNamespace('events')
  for (const name of ['web-1', 'web-2', 'web-3']) {
    const { status } = await server.request('POST', `/api/v1/namespaces/${place}/events`, {
      metadata: { name: `${name}.1`, namespace: place },
      involvedObject: { kind: 'Pod', name, namespace: place },
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting container app of ${name}`,
      count: 4,
      lastTimestamp: new Date().toISOString(),
    })
    expect(status).toBe(201)
  }
  const { output, data } = await tools.run(k8sGet, { resource_type: 'events', namespace: place })
  expect(data?.rows).toMatchObject([
    { REASON: 'BackOff', COUNT: '12', OBJECT: expect.stringMatching(/^Pod\/web-\d,Pod\/web-\d,Pod\/web-\d$/) },
  ])
  expect(output.split('\n')).toHaveLength(2)
  const wide = await tools.run(k8sGet, { resource_type: 'events', namespace: place, output: 'wide' })
  expect(wide.output.split('\n')).toHaveLength(4)
})
