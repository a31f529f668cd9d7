import type { KubeObject } from '../../../effect/kube-object.ts'

/** A pod that is run once, is stopped at the latest after this, and has no rights in the cluster. */
export const deadlineSeconds = 900

export function podManifest({
  name,
  namespace,
  image,
  command,
  manager,
}: {
  name: string
  namespace: string
  image: string
  /** Empty: what the image itself runs. */
  command: readonly string[]
  manager: string
}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': manager, run: name } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: deadlineSeconds,
      automountServiceAccountToken: false,
      containers: [
        {
          name: containerOf(name),
          image,
          ...(command.length > 0 && { command: [...command] }),
          securityContext: { allowPrivilegeEscalation: false },
        },
      ],
    },
  }
}

/** A container's name has no dots, and less room. */
export function containerOf(name: string): string {
  return name.replaceAll('.', '-').slice(0, 63).replace(/-+$/, '')
}
