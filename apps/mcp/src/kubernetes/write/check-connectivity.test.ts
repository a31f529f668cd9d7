import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { podBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { containers, makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'
import { k8sCheckConnectivity } from './check-connectivity.ts'

const image = `busybox@sha256:${'0123456789abcdef'.repeat(4)}`

describeTool(k8sCheckConnectivity, {
  minimal: { pod_name: 'web', image, host: 'db', port: 5432 },
  good: ({ namespace }) => ({ pod_name: 'checked', image, host: 'db', port: 5432, namespace, timeout_seconds: 1 }),
  names: podBy('pod_name', 'ephemeralcontainers'),
  needs: 'nodes',
  kinds: ['Pod'],
  prepare: (api, namespace) =>
    makePod(api, namespace, { metadata: { name: 'checked' }, spec: { containers: containers('app') } }),
  bad: [
    ['name', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { port: 0 }, 'port must be between 1 and 65535, got 0.'],
    [
      'image',
      { image: 'busybox:1.37' },
      'image "busybox:1.37" has no digest. Write it with one, as in registry.example.com/busybox@sha256:….',
    ],
    [
      'plain word',
      { host: '$(id)' },
      "host \"$(id)\" is not a host. A host is a name or an IPv4 address: letters, digits, '-' and '.'.",
    ],
    [
      'plain word, a path',
      { path: '/`id`' },
      'path "/`id`" is not a path. A path begins with / and has letters, digits, and -._~/?=&%.',
    ],
  ],
})
