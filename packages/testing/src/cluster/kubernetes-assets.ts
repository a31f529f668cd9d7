import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { MissingPart } from '../servers/missing-part.ts'
import { findProgram } from '../servers/server-process.ts'

export type KubernetesAssets = {
  /** Folder of etcd, kube-apiserver and kubectl. */
  binaries: string
  /** Manifests of the simulated nodes; undefined when there are none, and pods then stay Pending. */
  nodeManifests: string | undefined
  /** Definitions and role of the Argo Rollouts controller; undefined when that is not there. */
  rolloutManifests: string | undefined
}

const repository = resolve(import.meta.dirname, '../../../..')
const kit = resolve(repository, '../shared/envtest')
const needed = ['etcd', 'kube-apiserver', 'kubectl']
const howToGet =
  'Set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kubectl (setup-envtest use -p path prints one).'
/** For what such a folder lacks beside the three. */
export const howToComplete = 'README.md says what belongs into the folder of KUBEBUILDER_ASSETS.'

/** Finds the real Kubernetes binaries. Throws MissingPart when there are none. */
export function kubernetesAssets(): KubernetesAssets {
  const binaries = process.env.KUBEBUILDER_ASSETS || unpackedKit()
  if (!binaries) throw new MissingPart('A Kubernetes API server', howToGet)
  for (const name of needed) {
    if (!existsSync(join(binaries, name))) throw new MissingPart(`${name} in ${binaries}`, howToGet)
  }
  return {
    binaries,
    // The stages that move the pods: kwok is of no use without them.
    nodeManifests: manifestsOf('kwok', { binaries, needs: 'kwok' }),
    rolloutManifests: manifestsOf('rollouts', { binaries, needs: 'rollouts-controller' }),
  }
}

/** Manifests lie beside the kit, which may be unpacked elsewhere. */
function manifestsOf(part: string, { binaries, needs }: { binaries: string; needs: string }): string | undefined {
  if (!findProgram(needs, [binaries])) return undefined
  return [binaries, dirname(binaries), kit]
    .map((folder) => join(folder, 'manifests', part))
    .find((path) => existsSync(path))
}

function unpackedKit(): string | undefined {
  const script = join(kit, 'unpack.sh')
  if (!existsSync(script)) return undefined
  const target = join(repository, '.cache/envtest')
  const { status, stderr } = spawnSync('sh', [script, target], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the Kubernetes kit could not be unpacked: ${stderr}`)
  return target
}

/** Where Helm of that major version lies; undefined when it is not there. */
export function findHelm(major: 3 | 4): string | undefined {
  const { binaries } = kubernetesAssets()
  return findProgram(`helm${major}`, [binaries])
}
