import { type ChartFiles, chartYaml } from '@fairlead/testing/helm/charts'

/** What a chart in use is made of, and what its installation makes: `Kind name`, with `R` for the release. */
export type ChartShape = { what: string; files: ChartFiles; makes: readonly string[]; values?: string }

const configMap = (name: string, data = 'a: b', metadata = '') => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${name}
${metadata}
data:
  ${data}
`
const annotated = (...lines: string[]) => ['  annotations:', ...lines.map((line) => `    ${line}`)].join('\n')
const hook = (events: string, ...more: string[]) => annotated(`helm.sh/hook: ${events}`, ...more)
const chart = (files: ChartFiles, more = ''): ChartFiles => ({ 'Chart.yaml': chartYaml('1.0.0', more), ...files })
const pod = (indent: string) =>
  ['metadata: { labels: { app: web } }', 'spec: { containers: [ { name: app, image: "web:1" } ] }'].join(`\n${indent}`)
const workload = (kind: string, more: string) => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: {{ .Release.Name }}-web }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
${more}
  template:
    ${pod('    ')}
`
const sub = (name: string, files: ChartFiles, type = 'application'): ChartFiles =>
  Object.fromEntries([
    [`charts/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\ntype: ${type}\n`],
    ...Object.entries(files).map(([path, text]) => [`charts/${name}/${path}`, text]),
  ])
const depends = (name: string, more = '') =>
  `dependencies:\n  - { name: ${name}, version: 1.0.0, repository: ""${more} }\n`

const one = (what: string, template: string, makes: readonly string[], more: Partial<ChartShape> = {}): ChartShape => ({
  what,
  makes,
  files: chart({ 'templates/all.yaml': template, ...more.files }),
  ...(more.values !== undefined && { values: more.values }),
})

export const chartShapes: readonly ChartShape[] = [
  one('one object', configMap('a'), ['ConfigMap R-a']),
  {
    what: 'a subchart',
    files: chart({ ...sub('db', { 'templates/a.yaml': configMap('db') }) }, depends('db')),
    makes: ['ConfigMap R-db'],
  },
  {
    what: 'a subchart that a condition leaves out',
    files: chart(
      {
        'values.yaml': 'db: { enabled: false }',
        'templates/a.yaml': configMap('a'),
        ...sub('db', { 'templates/a.yaml': configMap('db') }),
      },
      depends('db', ', condition: db.enabled'),
    ),
    makes: ['ConfigMap R-a'],
  },
  {
    what: 'a subchart under another name, with values',
    files: chart(
      {
        'values.yaml': 'store: { color: red }',
        ...sub('db', { 'templates/a.yaml': configMap('db', 'color: {{ .Values.color }}') }),
      },
      depends('db', ', alias: store'),
    ),
    makes: ['ConfigMap R-db'],
  },
  {
    what: 'global values',
    files: chart(
      {
        'values.yaml': 'global: { color: red }',
        ...sub('db', { 'templates/a.yaml': configMap('db', 'c: {{ .Values.global.color }}') }),
      },
      depends('db'),
    ),
    makes: ['ConfigMap R-db'],
  },
  {
    what: 'a library',
    files: chart(
      {
        'templates/a.yaml': '{{ include "lib.map" . }}',
        ...sub('lib', { 'templates/_map.tpl': `{{ define "lib.map" }}\n${configMap('lib')}{{ end }}` }, 'library'),
      },
      depends('lib'),
    ),
    makes: ['ConfigMap R-lib'],
  },
  one(
    'named templates',
    `{{ define "n" }}{{ .Release.Name }}-named{{ end }}apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ include "n" . }} }\n`,
    ['ConfigMap R-named'],
  ),
  one(
    'a lookup of what is there',
    configMap('a', 'c: {{ len (lookup "v1" "ConfigMap" .Release.Namespace "kube-root-ca.crt") | gt 9 | quote }}'),
    ['ConfigMap R-a'],
  ),
  one(
    'a lookup of what is not there',
    configMap('a', 'c: {{ empty (lookup "v1" "Secret" .Release.Namespace "nothing") | quote }}'),
    ['ConfigMap R-a'],
  ),
  one(
    'the version of the cluster',
    `{{ if semverCompare ">=1.20-0" .Capabilities.KubeVersion.Version }}\n${configMap('new')}{{ else }}\n${configMap('old')}{{ end }}`,
    ['ConfigMap R-new'],
  ),
  one(
    'types that the cluster serves',
    `{{ if .Capabilities.APIVersions.Has "apps/v1/Deployment" }}\n${configMap('apps')}{{ end }}`,
    ['ConfigMap R-apps'],
  ),
  one(
    'types that it does not serve',
    `{{ if .Capabilities.APIVersions.Has "nowhere.example/v1" }}\n${configMap('no')}{{ end }}\n---\n${configMap('a')}`,
    ['ConfigMap R-a'],
  ),
  one('a hook before', configMap('hook', 'a: b', hook('pre-install')), ['ConfigMap R-hook']),
  one(
    'hooks by their weights',
    [5, -5, 0]
      .map((weight) => configMap(`hook${weight + 5}`, 'a: b', hook('pre-install', `helm.sh/hook-weight: "${weight}"`)))
      .join('---\n'),
    ['ConfigMap R-hook0', 'ConfigMap R-hook5', 'ConfigMap R-hook10'],
  ),
  one(
    'a hook that goes when it has succeeded',
    configMap('hook', 'a: b', hook('post-install', 'helm.sh/hook-delete-policy: hook-succeeded')),
    ['ConfigMap R-hook'],
  ),
  one('a hook of an upgrade alone', `${configMap('hook', 'a: b', hook('post-upgrade'))}---\n${configMap('a')}`, [
    'ConfigMap R-a',
  ]),
  one('what stays', configMap('kept', 'a: b', annotated('helm.sh/resource-policy: keep')), ['ConfigMap R-kept']),
  one(
    'a loop over a list',
    '{{ range $i, $n := .Values.names }}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ $.Release.Name }}-{{ $n }} }\n{{ end }}',
    ['ConfigMap R-x', 'ConfigMap R-y'],
    { values: 'names: [x, y]' },
  ),
  one('whole parts of values', `${configMap('a', '{{- toYaml .Values.data | nindent 2 }}')}`, ['ConfigMap R-a'], {
    values: 'data: { one: "1", two: "true" }',
  }),
  one('values that are templates', configMap('a', 'c: {{ tpl .Values.text . | quote }}'), ['ConfigMap R-a'], {
    values: 'text: "{{ .Release.Name }}"',
  }),
  one('a value that is required', configMap('a', 'c: {{ required "color" .Values.color }}'), ['ConfigMap R-a'], {
    values: 'color: red',
  }),
  {
    what: 'a file',
    files: chart({
      'app.conf': 'listen = 80\n',
      'templates/a.yaml': configMap('a', 'app.conf: |-\n    {{ .Files.Get "app.conf" }}'),
    }),
    makes: ['ConfigMap R-a'],
  },
  {
    what: 'files by a pattern',
    files: chart({
      'conf/a.ini': 'a=1\n',
      'conf/b.ini': 'b=2\n',
      'templates/a.yaml': configMap('a', '{{- (.Files.Glob "conf/*").AsConfig | nindent 2 }}'),
    }),
    makes: ['ConfigMap R-a'],
  },
  {
    what: 'a configuration in a Secret',
    files: chart({
      'alerts.yaml': 'route:\n  receiver: team\n',
      'templates/a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: {{ .Release.Name }}-a }\ndata:\n  {{- (.Files.Glob "alerts.yaml").AsSecrets | nindent 2 }}\n',
    }),
    makes: ['Secret R-a'],
  },
  one(
    'a Secret in plain text',
    'apiVersion: v1\nkind: Secret\nmetadata: { name: {{ .Release.Name }}-a }\nstringData: { password: correct-horse }\n',
    ['Secret R-a'],
  ),
  one(
    'a password made up',
    'apiVersion: v1\nkind: Secret\nmetadata: { name: {{ .Release.Name }}-a }\ndata: { password: {{ randAlphaNum 16 | b64enc }} }\n',
    ['Secret R-a'],
  ),
  one(
    'several documents, some empty',
    `${configMap('a')}---\n{{ if false }}x{{ end }}\n---\n# a comment\n---\n${configMap('b')}`,
    ['ConfigMap R-a', 'ConfigMap R-b'],
  ),
  {
    what: 'a template that renders nothing',
    files: chart({
      'templates/none.yaml': '{{ if .Values.no }}a: b{{ end }}',
      'templates/a.yaml': configMap('a'),
      'templates/NOTES.txt': '\n\n',
    }),
    makes: ['ConfigMap R-a'],
  },
  one(
    'rights of its own',
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: {{ .Release.Name }}-a }\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: {{ .Release.Name }}-a }\nrules: [ { apiGroups: [""], resources: [configmaps], verbs: [get] } ]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: {{ .Release.Name }}-a }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}-a }\nsubjects: [ { kind: ServiceAccount, name: {{ .Release.Name }}-a, namespace: {{ .Release.Namespace }} } ]\n',
    ['ServiceAccount R-a', 'Role R-a', 'RoleBinding R-a'],
  ),
  one(
    'rights in the whole cluster',
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: {{ .Release.Namespace }}-{{ .Release.Name }} }\nrules: [ { apiGroups: [""], resources: [pods], verbs: [list] } ]\n',
    ['ClusterRole NS-R'],
  ),
  one(
    'a Deployment, a Service and an autoscaler',
    `${workload('Deployment', '')}---\napiVersion: v1\nkind: Service\nmetadata: { name: {{ .Release.Name }}-web }\nspec: { selector: { app: web }, ports: [ { port: 80 } ] }\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: {{ .Release.Name }}-web }\nspec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}-web }, minReplicas: 1, maxReplicas: 2 }\n`,
    ['Service R-web', 'Deployment R-web', 'HorizontalPodAutoscaler R-web'],
  ),
  one('a StatefulSet', workload('StatefulSet', '  serviceName: web'), ['StatefulSet R-web']),
  one(
    'a CronJob',
    `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: {{ .Release.Name }}-job }\nspec:\n  schedule: "0 0 1 1 *"\n  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [ { name: a, image: "a:1", command: [sh, -c, "true"] } ] } } } }\n`,
    ['CronJob R-job'],
  ),
  one(
    'limits and budgets',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: {{ .Release.Name }}-a }\nspec: { minAvailable: 1, selector: { matchLabels: { app: web } } }\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: {{ .Release.Name }}-a }\nspec: { podSelector: {} }\n',
    ['NetworkPolicy R-a', 'PodDisruptionBudget R-a'],
  ),
  one(
    'an Ingress',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: {{ .Release.Name }}-a }\nspec: { rules: [ { host: shop.example, http: { paths: [ { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } } ] } } ] }\n',
    ['Ingress R-a'],
  ),
  {
    what: 'a schema for its values',
    files: chart({
      'values.schema.json': '{"type":"object","properties":{"color":{"type":"string"}}}',
      'templates/a.yaml': configMap('a', 'c: {{ .Values.color }}'),
    }),
    values: 'color: red',
    makes: ['ConfigMap R-a'],
  },
  one(
    'a List',
    'apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: {{ .Release.Name }}-a } }\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: {{ .Release.Name }}-b } }\n',
    ['ConfigMap R-a', 'ConfigMap R-b'],
  ),
  one(
    'checksums of other templates',
    configMap('a', 'a: b', annotated('checksum: {{ .Values | toYaml | sha256sum }}')),
    ['ConfigMap R-a'],
  ),
  one(
    'its namespace named',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}-a, namespace: {{ .Release.Namespace }} }\n',
    ['ConfigMap R-a'],
  ),
  {
    what: 'a version of Kubernetes that it needs',
    files: chart({ 'templates/a.yaml': configMap('a') }, 'kubeVersion: ">=1.20.0-0"\n'),
    makes: ['ConfigMap R-a'],
  },
  one(
    'values merged with defaults',
    configMap('a', '{{- $d := dict "a" "1" "b" "2" }}{{ toYaml (merge .Values.data $d) | nindent 2 }}'),
    ['ConfigMap R-a'],
    { values: 'data: { b: "3" }' },
  ),
  one(
    'text of all sorts',
    configMap(
      'a',
      `t: ${JSON.stringify('Grüße ☃ "quoted" \\ tab\t: # no comment')}\n  l: ${JSON.stringify('x'.repeat(5_000))}`,
    ),
    ['ConfigMap R-a'],
  ),
]
