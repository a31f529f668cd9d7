import type { Random } from './random.fixture.ts'

type Body = { [key: string]: unknown }
export type Kind = {
  /** Of the collection, `NS` for the namespace. */
  path: string
  apiVersion: string
  kind: string
  make(random: Random): Body
}

const tags = ['nginx', 'nginx:1.25', 'registry.example:5000/team/app:v2', 'redis:7@sha256:0123', 'busybox:latest']
const amounts = ['100m', '0.5', '1', '1500m', '64Mi', '1Gi', '1000Ki', '128974848', '1e3', '0']

function labels(random: Random): Body {
  return Object.fromEntries(
    ['app', 'tier', 'example.com/owner']
      .filter(() => random.chance(0.6))
      .map((key) => [key, random.pick(['web', 'db', '', 'v1.2'])]),
  )
}

function probe(random: Random): Body {
  const action = random.pick<Body>([
    { httpGet: { port: random.pick<unknown>([80, 'http']), path: random.maybe(0.5, () => '/healthz') } },
    { tcpSocket: { port: 5432 } },
    { exec: { command: ['true'] } },
    { grpc: { port: 9090 } },
  ])
  return { ...action, ...random.maybe(0.5, () => ({ periodSeconds: random.pick([0, 5, 30]), failureThreshold: 2 })) }
}

function container(random: Random, name: string): Body {
  return {
    name,
    image: random.pick(tags),
    command: random.maybe(0.2, () => ['sh', '-c', 'sleep 1']),
    ports: random.maybe(0.5, () => [
      { containerPort: 80, name: 'http' },
      ...(random.chance(0.3) ? [{ containerPort: 443, protocol: 'TCP' }] : []),
    ]),
    env: random.maybe(0.5, () => [
      { name: 'MODE', value: random.pick(['prod', '']) },
      ...(random.chance(0.5) ? [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] : []),
      ...(random.chance(0.4) ? [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } }] : []),
    ]),
    envFrom: random.maybe(0.2, () => [{ configMapRef: { name: 'settings' } }]),
    resources: random.maybe(0.6, () => ({
      requests: random.maybe(0.7, () => ({
        cpu: random.pick(amounts.slice(0, 4)),
        memory: random.pick(amounts.slice(4, 8)),
      })),
      limits: random.maybe(0.4, () => ({ cpu: '2', memory: '2Gi' })),
    })),
    readinessProbe: random.maybe(0.3, () => probe(random)),
    livenessProbe: random.maybe(0.2, () => probe(random)),
    volumeMounts: random.maybe(0.2, () => [
      { name: 'data', mountPath: '/data', readOnly: random.maybe(0.5, () => random.chance(0.5)) },
    ]),
    securityContext: random.maybe(0.2, () => ({ runAsNonRoot: true, allowPrivilegeEscalation: false })),
    imagePullPolicy: random.maybe(0.2, () => random.pick(['Always', 'IfNotPresent', 'Never'])),
  }
}

function podSpec(random: Random, restartPolicy?: string): Body {
  const hasVolume = random.chance(0.8)
  return {
    containers: [container(random, 'main'), ...(random.chance(0.3) ? [container(random, 'side')] : [])],
    initContainers: random.maybe(0.2, () => [{ name: 'init', image: 'busybox' }]),
    volumes: hasVolume
      ? [
          {
            name: 'data',
            ...random.pick<Body>([
              { emptyDir: {} },
              { configMap: { name: 'settings' } },
              { secret: { secretName: 'keys' } },
              {},
              { hostPath: { path: '/tmp' } },
            ]),
          },
        ]
      : undefined,
    restartPolicy,
    nodeSelector: random.maybe(0.2, () => ({ disk: 'ssd' })),
    tolerations: random.maybe(0.2, () => [{ key: 'a', operator: 'Exists' }]),
    terminationGracePeriodSeconds: random.maybe(0.2, () => random.pick([0, 5, 60])),
    securityContext: random.maybe(0.2, () => ({ runAsUser: 1000, fsGroup: 0 })),
    serviceAccountName: random.maybe(0.1, () => 'default'),
    hostNetwork: random.maybe(0.1, () => random.chance(0.5)),
    affinity: random.maybe(0.1, () => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
        },
      },
    })),
    topologySpreadConstraints: random.maybe(0.1, () => [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ]),
  }
}

function template(random: Random, restartPolicy?: string): Body {
  return {
    metadata: { labels: { ...labels(random), app: 'web' }, annotations: random.maybe(0.2, () => ({ note: 'x' })) },
    spec: podSpec(random, restartPolicy),
  }
}

const selector = { matchLabels: { app: 'web' } }

function servicePorts(random: Random): Body[] {
  return random.chance(0.7)
    ? [{ port: 80, targetPort: random.pick<unknown>([undefined, 8080, 'http']) }]
    : [
        { name: 'http', port: 80 },
        { name: 'admin', port: 9000, protocol: 'TCP', appProtocol: random.maybe(0.3, () => 'http') },
      ]
}

export const kinds: readonly Kind[] = [
  {
    path: '/api/v1/namespaces/NS/configmaps',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    make: (random) => ({
      data: random.maybe(0.8, () => ({ a: random.pick(['1', '', 'text\nlines']), 'file.conf': 'x = 1' })),
      binaryData: random.maybe(0.2, () => ({ bin: 'AAEC' })),
      immutable: random.maybe(0.2, () => random.chance(0.5)),
    }),
  },
  {
    path: '/api/v1/namespaces/NS/secrets',
    apiVersion: 'v1',
    kind: 'Secret',
    make: (random) => ({
      type: random.maybe(0.4, () =>
        random.pick(['Opaque', 'kubernetes.io/basic-auth', 'kubernetes.io/tls', 'my/type']),
      ),
      data: random.maybe(0.6, () => ({ password: 'aHVudGVyMg==', username: 'YWRh' })),
      stringData: random.maybe(0.4, () => ({ token: 'abc', 'tls.crt': 'x', 'tls.key': 'y' })),
    }),
  },
  {
    path: '/apis/apps/v1/namespaces/NS/deployments',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    make: (random) => ({
      spec: {
        replicas: random.maybe(0.7, () => random.below(5)),
        selector,
        template: template(random),
        strategy: random.maybe(0.4, () =>
          random.pick<Body>([
            { type: 'Recreate' },
            { rollingUpdate: { maxSurge: 1, maxUnavailable: '10%' } },
            { type: 'RollingUpdate' },
          ]),
        ),
        minReadySeconds: random.maybe(0.2, () => random.pick([0, 5])),
        revisionHistoryLimit: random.maybe(0.2, () => random.pick([0, 3])),
        paused: random.maybe(0.2, () => random.chance(0.5)),
        progressDeadlineSeconds: random.maybe(0.2, () => random.pick([30, 700])),
      },
    }),
  },
  {
    path: '/apis/apps/v1/namespaces/NS/statefulsets',
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    make: (random) => ({
      spec: {
        replicas: random.maybe(0.5, () => random.below(3)),
        serviceName: random.maybe(0.7, () => 'db'),
        selector,
        template: template(random),
        updateStrategy: random.maybe(0.3, () =>
          random.pick<Body>([{ type: 'OnDelete' }, { rollingUpdate: { partition: 1 } }]),
        ),
        podManagementPolicy: random.maybe(0.3, () => 'Parallel'),
        volumeClaimTemplates: random.maybe(0.3, () => [
          {
            metadata: { name: 'disk' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ]),
      },
    }),
  },
  {
    path: '/apis/apps/v1/namespaces/NS/daemonsets',
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    make: (random) => ({
      spec: { selector, template: template(random), updateStrategy: random.maybe(0.3, () => ({ type: 'OnDelete' })) },
    }),
  },
  {
    path: '/apis/apps/v1/namespaces/NS/replicasets',
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    make: (random) => ({
      spec: { replicas: random.maybe(0.5, () => random.below(3)), selector, template: template(random) },
    }),
  },
  {
    path: '/apis/batch/v1/namespaces/NS/jobs',
    apiVersion: 'batch/v1',
    kind: 'Job',
    make: (random) => ({
      spec: {
        template: {
          spec: podSpec(random, random.pick(['Never', 'OnFailure'])),
          metadata: random.maybe(0.5, () => ({ labels: { job: 'x' } })),
        },
        completions: random.maybe(0.3, () => 2),
        parallelism: random.maybe(0.3, () => random.below(3)),
        backoffLimit: random.maybe(0.3, () => random.below(3)),
        activeDeadlineSeconds: random.maybe(0.2, () => 30),
        ttlSecondsAfterFinished: random.maybe(0.2, () => 0),
        suspend: random.maybe(0.2, () => random.chance(0.5)),
      },
    }),
  },
  {
    path: '/apis/batch/v1/namespaces/NS/cronjobs',
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    make: (random) => ({
      spec: {
        schedule: random.pick(['*/5 * * * *', '@hourly', '0 3 * * 1-5']),
        jobTemplate: {
          spec: { template: { spec: podSpec(random, 'Never') }, backoffLimit: random.maybe(0.3, () => 1) },
        },
        concurrencyPolicy: random.maybe(0.3, () => random.pick(['Forbid', 'Replace'])),
        suspend: random.maybe(0.3, () => true),
        startingDeadlineSeconds: random.maybe(0.2, () => 10),
        timeZone: random.maybe(0.2, () => 'Europe/Berlin'),
        successfulJobsHistoryLimit: random.maybe(0.2, () => 0),
      },
    }),
  },
  {
    path: '/api/v1/namespaces/NS/pods',
    apiVersion: 'v1',
    kind: 'Pod',
    make: (random) => ({
      spec: podSpec(
        random,
        random.maybe(0.4, () => random.pick(['Always', 'Never', 'OnFailure'])),
      ),
    }),
  },
  {
    path: '/api/v1/namespaces/NS/services',
    apiVersion: 'v1',
    kind: 'Service',
    make: (random) => ({
      spec: {
        selector: random.maybe(0.8, () => ({ app: 'web' })),
        ports: servicePorts(random),
        ...random.pick<Body>([
          {},
          {},
          { clusterIP: 'None' },
          { type: 'ClusterIP', sessionAffinity: 'ClientIP' },
          { type: 'LoadBalancer' },
        ]),
      },
    }),
  },
  {
    path: '/api/v1/namespaces/NS/serviceaccounts',
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    make: (random) => ({
      automountServiceAccountToken: random.maybe(0.4, () => random.chance(0.5)),
      imagePullSecrets: random.maybe(0.3, () => [{ name: 'pull' }]),
    }),
  },
  {
    path: '/api/v1/namespaces/NS/persistentvolumeclaims',
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    make: (random) => ({
      spec: {
        accessModes: [random.pick(['ReadWriteOnce', 'ReadOnlyMany'])],
        resources: { requests: { storage: random.pick(['1Gi', '500M', '1073741824']) } },
        storageClassName: random.maybe(0.7, () => random.pick(['fast', ''])),
      },
    }),
  },
  {
    path: '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    make: (random) => ({
      spec: {
        ingressClassName: random.maybe(0.4, () => 'nginx'),
        rules: [
          {
            host: random.maybe(0.7, () => 'shop.example.com'),
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: random.pick<Body>([{ number: 80 }, { name: 'http' }]) } },
                },
              ],
            },
          },
        ],
        tls: random.maybe(0.3, () => [{ hosts: ['shop.example.com'], secretName: 'cert' }]),
      },
    }),
  },
  {
    path: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    make: (random) => ({
      spec: {
        podSelector: random.maybe(0.7, () => selector) ?? {},
        ingress: random.maybe(0.6, () => [
          { from: [{ podSelector: selector }], ports: [{ port: random.pick<unknown>([80, 'http']) }] },
        ]),
        egress: random.maybe(0.3, () => [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }]),
      },
    }),
  },
  {
    path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    make: (random) => ({
      spec: { selector, ...random.pick<Body>([{ minAvailable: 1 }, { maxUnavailable: '50%' }, {}]) },
    }),
  },
  {
    path: '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers',
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    make: (random) => ({
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: random.pick([3, 10]),
        minReplicas: random.maybe(0.6, () => 2),
        metrics: random.maybe(0.6, () => [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        ]),
      },
    }),
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    make: (random) => ({
      rules: random.maybe(0.8, () => [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]),
    }),
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    make: (random) => ({
      roleRef: {
        kind: random.pick(['Role', 'ClusterRole']),
        name: 'view',
        apiGroup: random.maybe(0.7, () => 'rbac.authorization.k8s.io'),
      },
      subjects: random.maybe(0.8, () => [
        random.pick<Body>([
          { kind: 'User', name: 'ada' },
          { kind: 'Group', name: 'ops', apiGroup: 'rbac.authorization.k8s.io' },
          { kind: 'ServiceAccount', name: 'default', namespace: 'default' },
        ]),
      ]),
    }),
  },
  {
    path: '/api/v1/namespaces/NS/resourcequotas',
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    make: (random) => ({
      spec: {
        hard: random.pick<Body>([
          { secrets: '100' },
          { 'count/roles.rbac.authorization.k8s.io': '50', configmaps: '100' },
        ]),
      },
    }),
  },
  {
    path: '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    make: (random) => ({
      spec: random.maybe(0.8, () => ({
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        renewTime: '2026-01-02T03:04:05.678901Z',
      })),
    }),
  },
]
