import type { Artifact } from '../artifact.ts'
import { servedKinds } from './served-kinds.ts'

type Known = {
  groups: { metadata: { name?: string }; versions: { version: string; resources: { resource: string }[] }[] }[]
}

/** What the sandbox knows of Kubernetes. Taking it needs KUBEBUILDER_ASSETS, `curl` and `go`. */
export const kubernetesApi: Artifact = {
  path: 'packages/sandbox/src/api/schema/kubernetes.generated.json',
  make: async () => {
    const { takeKubernetesApi } = await import('./take-kubernetes-api.ts')
    return await takeKubernetesApi()
  },
  whyStale: async (current) => {
    const { groups } = JSON.parse(current) as Known
    const served = groups.flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ resource }) => `${[metadata.name, version].filter(Boolean).join('/')} ${resource}`),
      ),
    )
    const wanted = Object.entries(servedKinds).flatMap(([group, names]) => names.map((name) => `${group} ${name}`))
    return JSON.stringify(served.toSorted()) === JSON.stringify(wanted.toSorted())
      ? undefined
      : 'holds other kinds than scripts/generate/kubernetes-api/served-kinds.ts'
  },
}
