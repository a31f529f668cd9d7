import type { KubeObject } from './kube-object.ts'

/** Sentences that name whoever else keeps this object. Names in them are quoted: they come from the cluster. */
export function ownerWarnings({ kind, metadata }: KubeObject): string[] {
  return owners(metadata).map(
    (owner) => `${kind} ${quoted(metadata.name)} is kept by ${owner}. The next sync undoes this change.`,
  )
}

function owners(metadata: KubeObject['metadata']): string[] {
  const controller = metadata.ownerReferences?.find((reference) => reference.controller)
  return [
    ...markedOwners(metadata),
    ...(controller === undefined ? [] : [`${controller.kind} ${quoted(controller.name)}`]),
  ]
}

/** Those who keep an object without an owner reference, by the marks that they put on it. */
export function markedOwners({ annotations = {}, labels = {} }: KubeObject['metadata']): string[] {
  const argo = annotations['argocd.argoproj.io/tracking-id']
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name']
  const fluxRelease = labels['helm.toolkit.fluxcd.io/name']
  const release = annotations['meta.helm.sh/release-name']
  return [
    argo !== undefined && `Argo CD (application ${quoted(argo.split(':')[0])})`,
    kustomization !== undefined && `Flux (Kustomization ${quoted(kustomization)})`,
    fluxRelease !== undefined && `Flux (HelmRelease ${quoted(fluxRelease)})`,
    release !== undefined && `Helm (release ${quoted(release)})`,
  ].filter((owner) => owner !== false)
}

function quoted(name: string | undefined): string {
  return JSON.stringify((name ?? '').slice(0, 253))
}
