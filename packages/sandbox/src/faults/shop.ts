import { type Component, configOf, deploymentOf, imagesOf, podTemplateOf, serviceOf } from './component.ts'
import type { Manifest } from './manifest.ts'
import type { Scenario } from './scenario.ts'

const registry = 'registry.acme.example/shop'

type Part = Pick<Component, 'name' | 'tag' | 'replicas'> & Partial<Component> & { calls?: Record<string, string> }

function part({ calls = {}, ...given }: Part): Component {
  const port = 'port' in given ? given.port : 8080
  const { name, env = [], program = {} } = given
  return {
    image: `${registry}/${name}`,
    labels: { app: name },
    servicePort: 80,
    probePort: port,
    tagsThere: patchesUpTo(given.tag),
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    ...given,
    port,
    env: [...Object.entries(calls).map(([key, value]) => ({ name: key, value })), ...env],
    program: {
      memory: '71Mi',
      ...(port !== undefined && { listens: port }),
      ...(Object.keys(calls).length > 0 && { calls: Object.keys(calls) }),
      says: port === undefined ? ['starting', 'waiting for work'] : ['starting', `listening on :${port}`],
      ...program,
    },
  }
}

/** The patch releases up to this one: the registry still has them. */
function patchesUpTo(tag: string): string[] {
  const [major, minor, patch] = tag.split('.')
  return Array.from({ length: Number(patch) + 1 }, (_, each) => `${major}.${minor}.${each}`)
}

const components: readonly Component[] = [
  part({
    name: 'storefront',
    tag: '3.8.1',
    replicas: 2,
    calls: { CATALOG_URL: 'http://catalog:80', CART_URL: 'http://cart:80' },
    configMap: { name: 'storefront-config', data: { CURRENCY: 'EUR', THEME: 'autumn' } },
  }),
  part({
    name: 'catalog',
    tag: '2.14.0',
    replicas: 2,
    calls: { SEARCH_URL: 'http://search:80' },
    configMap: { name: 'catalog-config', data: { PAGE_SIZE: '48', REGION: 'eu-west-1' } },
  }),
  part({ name: 'search', tag: '1.9.3', replicas: 1, port: 9200, probePort: 9200 }),
  part({ name: 'cart', tag: '1.6.2', replicas: 2, calls: { SESSIONS_URL: 'http://sessions:6379' } }),
  part({
    name: 'checkout',
    tag: '2.3.0',
    replicas: 2,
    calls: { PAYMENTS_URL: 'http://payments:80' },
    // It came with this release, and stands in the configuration; the Deployment was forgotten.
    program: { needsEnv: ['TAX_SERVICE_REGION'] },
  }),
  part({
    name: 'payments',
    tag: '4.0.7',
    replicas: 2,
    secret: { name: 'payments-provider', data: { PROVIDER_KEY: 'not-a-real-key', PROVIDER_ID: 'acme' } },
    program: { needsEnv: ['PROVIDER_KEY'] },
    env: [{ name: 'PROVIDER_KEY', valueFrom: { secretKeyRef: { name: 'payments-provider', key: 'PROVIDER_KEY' } } }],
  }),
  part({
    name: 'sessions',
    tag: '7.4.1',
    replicas: 1,
    port: 6379,
    probePort: 6379,
    servicePort: 6379,
    image: `${registry}/redis`,
  }),
  part({ name: 'mailer', tag: '1.2.5', replicas: 1, port: undefined, probePort: undefined }),
]

const checkoutConfig: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'checkout-config', labels: { app: 'checkout' } },
  data: { TAX_SERVICE_REGION: 'eu-central', MAX_ITEMS: '120' },
}

const tasks: readonly Component[] = [
  ['catalog-import', '2.14.0'],
  ['sales-report', '1.0.8'],
].map(([name = '', tag = '']) => {
  const program = { ends: { afterSeconds: 2, code: 0 } }
  return part({ name, tag, replicas: 1, port: undefined, probePort: undefined, program })
})

function jobOf(component: Component): Manifest {
  const { name } = component
  const template = podTemplateOf(component)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: component.labels },
    spec: { backoffLimit: 2, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
  }
}

function nightly(component: Component): Manifest {
  const { name } = component
  const { spec } = jobOf(component)
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, labels: { app: name } },
    spec: { schedule: '15 3 * * *', jobTemplate: { spec } },
  }
}

/** The shop that is there at the first start: all of it works but the checkout. */
export const shop: Scenario = {
  fault: 'missing-key',
  namespace: 'shop',
  images: imagesOf([...components, ...tasks]),
  manifests: [
    checkoutConfig,
    ...components.flatMap(configOf),
    ...components.flatMap(serviceOf),
    ...components.map(deploymentOf),
    ...tasks.slice(0, 1).map(jobOf),
    ...tasks.slice(1).map(nightly),
  ],
  edits: [],
  culprit: { kind: 'Deployment', name: 'checkout' },
  field: 'TAX_SERVICE_REGION',
  noticed: ['checkout'],
}
