import { describe, expect, it } from 'vitest'
import { exposureFacts } from './exposure.ts'
import { objectOf } from './highlights-of.fixture.ts'

const factsOf = (...sides: Parameters<typeof exposureFacts>) =>
  exposureFacts(...sides).map(({ path, fact, of, group }) => {
    expect(group).toBe('ways in')
    return [path, fact, of]
  })

describe('a Service that is open to the outside', () => {
  const service = (spec: object, apiVersion = 'v1') => objectOf(apiVersion, 'Service', { spec })
  const web = { selector: { app: 'web' }, ports: [{ port: 80 }] }
  const pods = ['/spec/selector', 'Service open to the outside leads to other pods', '']
  const ports = ['/spec/ports', 'Service open to the outside leads to other ports', '']
  it.each([{ type: 'LoadBalancer' }, { type: 'NodePort' }, { type: 'ClusterIP', externalIPs: ['198.51.100.7'] }])(
    'by %j leads elsewhere',
    (outside) => {
      const before = service({ ...outside, ...web })
      expect(factsOf(before, service({ ...outside, ...web, selector: { app: 'db' } }))).toEqual([pods])
      expect(factsOf(before, service({ ...outside, ...web, ports: [{ port: 80, targetPort: 5432 }] }))).toEqual([ports])
      expect(factsOf(before, before)).toEqual([])
    },
  )

  it('is none within, of another group, or where it was none', () => {
    const other = { ...web, selector: { app: 'db' } }
    expect(factsOf(service(web), service(other))).toEqual([])
    expect(factsOf(service(web), service({ ...other, type: 'NodePort' }))).toEqual([])
    expect(factsOf(service({ ...web, type: 'NodePort' }), service({ ...other, externalIPs: [] }))).toEqual([])
    const knative = (spec: object) => service({ type: 'NodePort', ...spec }, 'serving.knative.dev/v1')
    expect(factsOf(knative(web), knative(other))).toEqual([])
    expect(factsOf(undefined, service({ ...web, type: 'NodePort' }))).toEqual([])
    expect(factsOf(service({ ...web, type: 'NodePort' }), undefined)).toEqual([])
  })
})

describe('an Ingress', () => {
  const to = (name: string, path = '/') => ({ path, backend: { service: { name } } })
  const rule = (host: string | undefined, ...paths: object[]) => ({ ...(host && { host }), http: { paths } })
  const ingress = (spec: object, apiVersion = 'networking.k8s.io/v1') => objectOf(apiVersion, 'Ingress', { spec })
  const before = {
    rules: [rule('a.example', to('web')), rule('admin.example', to('admin'))],
    defaultBackend: { service: { name: 'web' } },
  }
  const fact = 'Ingress leads elsewhere under a host that it has'

  it.each<[string, object, (string | undefined)[]]>([
    [
      'by a path more',
      { ...before, rules: [rule('a.example', to('web'), to('vault', '/v'))] },
      ['/spec/rules/0/http/paths/1'],
    ],
    ['by another Service', { ...before, rules: [rule('a.example', to('vault'))] }, ['/spec/rules/0/http/paths/0']],
    [
      'by the Service of another host',
      { ...before, rules: [rule('a.example', to('admin'))] },
      ['/spec/rules/0/http/paths/0'],
    ],
    ['by another default', { ...before, defaultBackend: { service: { name: 'vault' } } }, ['/spec/defaultBackend']],
    ['not by another host, which is told by itself', { ...before, rules: [rule('b.example', to('vault'))] }, []],
    ['not by another order', { rules: [rule('b.example'), rule('a.example', to('web'))] }, []],
    ['not by rules without paths', { rules: [{ host: 'a.example' }] }, []],
  ])('leads elsewhere %s', (_, after, paths) => {
    const facts = paths.map((path) => [path, fact, 'rules'])
    expect(factsOf(ingress(before), ingress(after))).toEqual(facts)
    expect(factsOf(ingress(before, 'extensions/v1beta1'), ingress(after, 'extensions/v1beta1'))).toEqual(facts)
    expect(factsOf(ingress(before, 'example.com/v1'), ingress(after, 'example.com/v1'))).toEqual([])
  })

  it('leads elsewhere by another default as it was called once', () => {
    const old = (serviceName: string) => ingress({ backend: { serviceName } }, 'extensions/v1beta1')
    expect(factsOf(old('web'), old('vault'))).toEqual([['/spec/backend', fact, 'rules']])
    expect(factsOf(old('web'), old('web'))).toEqual([])
  })

  it('leads nowhere without a spec', () => {
    const bare = objectOf('networking.k8s.io/v1', 'Ingress', {})
    expect(factsOf(ingress(before), bare)).toEqual([])
    expect(factsOf(bare, ingress(before))).toEqual([])
  })
})
