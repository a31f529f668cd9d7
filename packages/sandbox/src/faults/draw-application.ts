import type { Component } from './component.ts'
import type { Random } from './random.ts'

/** Programs that call each other, the first one in front of the others. */
export type Application = { components: [Component, ...Component[]] }

const fronts = ['storefront', 'web', 'portal', 'website', 'shopfront', 'mobile-gateway', 'frontend'] as const
const parts = [
  'orders',
  'catalog',
  'cart',
  'checkout',
  'payments',
  'inventory',
  'shipping',
  'pricing',
  'search',
  'reviews',
  'accounts',
  'ledger',
  'invoices',
  'coupons',
  'loyalty',
  'tracking',
  'returns',
  'tickets',
  'billing',
  'profiles',
  'bookings',
  'quotes',
] as const
const ends = ['', '', '-api', '-service', '-backend'] as const
const workers = ['mailer', 'indexer', 'exporter', 'thumbnailer', 'settler', 'reporter', 'importer'] as const
const teams = ['acme', 'northwind', 'globex', 'initech', 'umbra', 'contoso'] as const
const ports = [8080, 3000, 5000, 9000, 8000, 7070] as const

/** A believable application of four to six programs, all of it healthy. Its images are those of its namespace alone. */
export function drawApplication(random: Random, namespace: string): Application {
  const registry = `registry.${random.pick(teams)}.example/${namespace}`
  const labelled = random.isHeads() ? 'app' : 'app.kubernetes.io/name'
  const component = (name: string, isServing: boolean): Component => {
    const port = isServing ? random.pick(ports) : undefined
    const memory = random.pick([64, 96, 128])
    return {
      name,
      image: `${registry}/${name}`,
      tag: `${random.whole(1, 4)}.${random.whole(0, 18)}.${random.whole(0, 9)}`,
      replicas: random.whole(1, 3),
      labels: { [labelled]: name },
      port,
      servicePort: random.pick([80, 80, 8080]),
      env: [{ name: 'LOG_LEVEL', value: random.pick(['info', 'warn']) }],
      resources: {
        requests: { cpu: `${random.pick([25, 50, 100])}m`, memory: `${memory}Mi` },
        limits: { memory: `${memory * 2}Mi` },
      },
      probePort: port,
      program: {
        memory: `${memory + random.whole(1, 7)}Mi`,
        ...(port !== undefined && { listens: port }),
        says: port === undefined ? ['starting', 'waiting for work'] : ['starting', `listening on :${port}`],
      },
    }
  }
  const front = component(random.pick(fronts), true)
  const middle = random.some(parts, random.whole(2, 4)).map((name) => component(`${name}${random.pick(ends)}`, true))
  const worker = component(`${random.pick(workers)}${random.pick(['', '-worker'])}`, false)
  for (const [index, part] of middle.entries()) {
    connect(front, part)
    const next = middle[index + 1]
    if (next !== undefined && random.isHeads()) connect(part, next)
  }
  const config = random.pick(['config', 'settings'])
  for (const part of middle) {
    part.configMap = {
      name: `${part.name}-${config}`,
      data: { REGION: random.pick(['eu-west-1', 'us-east-2']), FEATURE_FLAGS: 'search,reviews' },
    }
  }
  return { components: [front, ...middle, worker] }
}

/** Lets one component call another by its Service. */
export function connect(from: Component, to: Component): void {
  const name = variableFor(to)
  from.env.push({ name, value: `http://${to.name}:${to.servicePort}` })
  from.program = { ...from.program, calls: [...(from.program.calls ?? []), name] }
}

export function variableFor({ name }: Component): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_URL`
}
