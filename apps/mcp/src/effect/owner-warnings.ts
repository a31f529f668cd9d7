import type { KubeObject } from './kube-object.ts'

/** Sentences that name whoever else keeps this object. Names in them are quoted: they come from the cluster. */
export function ownerWarnings({ kind, metadata }: KubeObject): string[] {
  return owners(metadata).map(
    (owner) => `${kind} ${quoted(metadata.name)} is kept by ${owner}. The next sync undoes this change.`,
  )
}

function owners({ annotations = {}, labels = {}, ownerReferences = [] }: KubeObject['metadata']): string[] {
  const argo = annotations['argocd.argoproj.io/tracking-id']
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name']
  const fluxRelease = labels['helm.toolkit.fluxcd.io/name']
  const release = annotations['meta.helm.sh/release-name']
  const controller = ownerReferences.find((reference) => reference.controller)
  return [
    argo !== undefined && `Argo CD (application ${quoted(argo.split(':')[0])})`,
    kustomization !== undefined && `Flux (Kustomization ${quoted(kustomization)})`,
    fluxRelease !== undefined && `Flux (HelmRelease ${quoted(fluxRelease)})`,
    release !== undefined && `Helm (release ${quoted(release)})`,
    controller !== undefined && `${controller.kind} ${quoted(controller.name)}`,
  ].filter((owner) => owner !== false)
}

function quoted(name: string | undefined): string {
  return JSON.stringify((name ?? '').slice(0, 253))
}
