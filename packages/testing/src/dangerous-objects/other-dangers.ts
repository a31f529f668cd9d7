import fc from 'fast-check'
import { changed, type OtherDanger } from './danger.ts'
import type { Fields } from './kube-json.ts'
import { mountedScript, mountedSecretScript } from './mounted-dangers.ts'
import { ownTypes } from './own-types.ts'
import { payload } from './payload.ts'
import { type Head, kept } from './plain-objects.ts'

const rbac = 'rbac.authorization.k8s.io/v1'

/** What holds for pods whose containers are further down. */
const aboveContainers: readonly { what: string; fields: Fields; at: readonly string[]; text: string }[] = [
  { what: 'host', fields: { hostPID: true }, at: ['hostPID'], text: 'host PID' },
  { what: 'host', fields: { hostNetwork: true }, at: ['hostNetwork'], text: 'host network' },
  {
    what: 'token',
    fields: { serviceAccountName: 'cluster-operator' },
    at: ['serviceAccountName'],
    text: 'token of service account cluster-operator',
  },
  {
    what: 'host path',
    fields: { volumes: [{ name: 'node', hostPath: { path: '/var/run' } }] },
    at: ['volumes', '0'],
    text: 'host path /var/run',
  },
]

/** Of a ConfigMap among whose values stand names of secrets and ordinary settings. */
function script(head: Head): fc.Arbitrary<OtherDanger> {
  return fc
    .tuple(payload, fc.constantFrom('run.sh', 'entrypoint.bash', 'migrate.py', 'startup'), fc.boolean())
    .map(([{ line, whole, behind }, key, isMarked]) => {
      const hasShebang = isMarked || key === 'startup'
      const value = hasShebang ? `#!/bin/sh\n${whole}` : whole
      const data: Record<string, string> = { 'app.conf': 'level = debug\n', 'api-token.txt': 'see the vault' }
      return {
        what: 'script in a ConfigMap',
        behind,
        text: line,
        whole: value,
        at: ['data', key],
        before: kept('v1', 'ConfigMap', head, { data }),
        object: kept('v1', 'ConfigMap', head, { data: { ...data, [key]: value } }),
      }
    })
}

const harmless: Fields = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }

const roleRule = fc
  .tuple(
    fc.constantFrom('Role', 'ClusterRole'),
    fc.constantFrom<readonly [rule: Fields, text: string]>(
      [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }, 'may * secrets'],
      [
        { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
        'may create serviceaccounts/token',
      ],
      [
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind', 'escalate'] },
        'may bind, escalate clusterroles.rbac.authorization.k8s.io',
      ],
      [{ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }, 'may impersonate users, groups'],
      [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }, 'may create pods/exec'],
    ),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([kind, [rule, text], before, behind]) => {
    const others = (count: number) => Array.from({ length: count }, () => harmless)
    return { kind, rules: [...others(before), rule, ...others(behind)], index: before, text }
  })

const roleDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  roleRule.map(({ kind, rules, index, text }) =>
    changed(head, { what: 'RBAC verb', text, at: ['rules', String(index)] }, [rbac, kind], {
      before: { rules: rules.filter((_, place) => place !== index) },
      after: { rules },
    }),
  )

const bindingDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constantFrom('RoleBinding', 'ClusterRoleBinding').map((kind) => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
    const user = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada@example.com' }
    const group = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }
    const text = 'binds ClusterRole cluster-admin to Group system:authenticated'
    return changed(head, { what: 'RBAC subject', text, at: ['subjects', '1'] }, [rbac, kind], {
      before: { roleRef, subjects: [user] },
      after: { roleRef, subjects: [user, group] },
    })
  })

const serviceTypeDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constantFrom('LoadBalancer', 'NodePort').map((type) => {
    const spec = { selector: { app: head.name }, ports: [{ port: 80 }] }
    return changed(head, { what: 'way in', text: `Service of type ${type}`, at: ['spec', 'type'] }, ['v1', 'Service'], {
      before: { spec },
      after: { spec: { ...spec, type } },
    })
  })

const ingressDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constant('shop.evil.example').map((host) => {
    const path = { path: '/', pathType: 'Prefix', backend: { service: { name: head.name, port: { number: 80 } } } }
    const rule = (name: string) => ({ host: name, http: { paths: [path] } })
    return changed(
      head,
      { what: 'way in', text: `Ingress ${host}`, at: ['spec', 'rules', '1'] },
      ['networking.k8s.io/v1', 'Ingress'],
      {
        before: { spec: { rules: [rule('shop.example.com')] } },
        after: { spec: { rules: [rule('shop.example.com'), rule(host)] } },
      },
    )
  })

const networkPolicyDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constant('NetworkPolicy widened').map((text) => {
    const from = [{ podSelector: { matchLabels: { app: 'front' } } }]
    const spec = { podSelector: { matchLabels: { app: head.name } }, policyTypes: ['Ingress'] }
    return changed(
      head,
      { what: 'way in', text, at: ['spec', 'ingress', '1'] },
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      {
        before: { spec: { ...spec, ingress: [{ from }] } },
        after: { spec: { ...spec, ingress: [{ from }, {}] } },
      },
    )
  })

const webhookDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.tuple(fc.constantFrom('Validating', 'Mutating'), fc.boolean()).map(([word, isWidened]) => {
    const hook = (name: string, clientConfig: Fields, more: Fields = {}) => ({
      name,
      clientConfig,
      rules: [
        {
          apiGroups: ['none.example.com'],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['nothings'],
          ...more,
        },
      ],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
    })
    const client = { service: { namespace: 'default', name: 'hook', path: '/admit' } }
    const own = hook('own.example.com', client)
    const evil = hook('x.evil.example', { url: 'https://evil.example/admit' })
    // Asked about few things, so that no other test waits for it where it is created.
    const wide = hook('own.example.com', client, { apiGroups: [''], resources: ['secrets'] })
    const text = isWidened
      ? 'admission webhook own.example.com is asked about CREATE secrets'
      : 'admission webhook x.evil.example at https://evil.example/admit'
    return changed(
      head,
      {
        what: 'webhook',
        text,
        at: isWidened ? ['webhooks', '0', 'rules', '0', 'resources', '0'] : ['webhooks', '1'],
      },
      ['admissionregistration.k8s.io/v1', `${word}WebhookConfiguration`],
      { before: { webhooks: [own] }, after: { webhooks: isWidened ? [wide] : [own, evil] } },
    )
  })

const volumeDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constantFrom('/', '/etc/kubernetes').map((path) => {
    const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }
    return changed(
      head,
      { what: 'host path', text: `host path ${path}`, at: ['spec', 'hostPath'] },
      ['v1', 'PersistentVolume'],
      {
        before: { spec: { ...spec, nfs: { server: 'files.example.com', path: '/shop' } } },
        after: { spec: { ...spec, hostPath: { path } } },
      },
    )
  })

const imageDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.nat(0xffff).map((number) => {
    const image = `evil.example/miner-${number.toString(16)}:1`
    const spec = { image: 'registry.example.com/monitor:1', containers: [{ name: 'side', image: 'nginx:1.27' }] }
    return changed(head, { what: 'image', text: `image ${image}`, at: ['spec', 'image'] }, [ownTypes, 'Monitor'], {
      before: { spec },
      after: { spec: { ...spec, image } },
    })
  })

const podFieldDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc.constantFrom(...aboveContainers).map(({ what, fields, at, text }) => {
    const spec = { templates: [{ name: 'step', container: { image: 'nginx:1.27', command: ['serve'] } }] }
    return changed(head, { what, text, at: ['spec', ...at] }, [ownTypes, 'Workflow'], {
      before: { spec },
      after: { spec: { ...spec, ...fields } },
    })
  })

const serviceAddressDanger = (head: Head): fc.Arbitrary<OtherDanger> =>
  fc
    .constantFrom<[fields: Fields, at: string[], text: string]>(
      [{ externalIPs: ['198.51.100.7'] }, ['externalIPs', '0'], 'Service at the address 198.51.100.7'],
      [{ loadBalancerSourceRanges: ['0.0.0.0/0'] }, ['loadBalancerSourceRanges', '0'], 'Service open to 0.0.0.0/0'],
    )
    .map(([fields, at, text]) => {
      const spec = {
        type: 'LoadBalancer',
        selector: { app: head.name },
        ports: [{ port: 80 }],
        loadBalancerSourceRanges: ['10.0.0.0/8'],
      }
      return changed(head, { what: 'way in', text, at: ['spec', ...at] }, ['v1', 'Service'], {
        before: { spec },
        after: { spec: { ...spec, ...fields } },
      })
    })

const dangers = [
  script,
  mountedScript,
  mountedSecretScript,
  roleDanger,
  bindingDanger,
  serviceTypeDanger,
  ingressDanger,
  networkPolicyDanger,
  webhookDanger,
  volumeDanger,
  imageDanger,
  podFieldDanger,
  serviceAddressDanger,
]

/** A danger of an object that is more than a pod: the object without it and with it. */
export function otherDanger(head: Head): fc.Arbitrary<OtherDanger> {
  return fc.oneof(...dangers.map((danger) => danger(head)))
}
