import type { KubeObject } from '../../../effect/kube-object.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { outline, section } from '../../../output/report.ts'
import { bindingLayout, roleLayout, serviceAccountLayout } from './access-layouts.ts'
import { crdLayout, namespaceLayout } from './cluster-layouts.ts'
import { configMapLayout, secretLayout } from './config-layouts.ts'
import type { Layout } from './layout.ts'
import { ingressLayout, networkPolicyLayout, serviceLayout } from './network-layouts.ts'
import { nodeLayout } from './node-layout.ts'
import { podLayout } from './pod-layout.ts'
import { claimLayout, storageClassLayout, volumeLayout } from './storage-layouts.ts'
import {
  autoscalerLayout,
  cronJobLayout,
  daemonSetLayout,
  deploymentLayout,
  jobLayout,
  replicatedLayout,
} from './workload-layouts.ts'

/** By group and kind; another group may use the same word for something else. */
const layouts: Record<string, Layout> = {
  '/Pod': podLayout,
  '/Node': nodeLayout,
  '/Service': serviceLayout,
  '/ConfigMap': configMapLayout,
  '/Secret': secretLayout,
  '/PersistentVolumeClaim': claimLayout,
  '/PersistentVolume': volumeLayout,
  '/ServiceAccount': serviceAccountLayout,
  '/Namespace': namespaceLayout,
  'apps/Deployment': deploymentLayout,
  'apps/ReplicaSet': replicatedLayout,
  'apps/StatefulSet': replicatedLayout,
  'apps/DaemonSet': daemonSetLayout,
  'batch/Job': jobLayout,
  'batch/CronJob': cronJobLayout,
  'autoscaling/HorizontalPodAutoscaler': autoscalerLayout,
  'networking.k8s.io/Ingress': ingressLayout,
  'networking.k8s.io/NetworkPolicy': networkPolicyLayout,
  'storage.k8s.io/StorageClass': storageClassLayout,
  'rbac.authorization.k8s.io/Role': roleLayout,
  'rbac.authorization.k8s.io/ClusterRole': roleLayout,
  'rbac.authorization.k8s.io/RoleBinding': bindingLayout,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingLayout,
  'apiextensions.k8s.io/CustomResourceDefinition': crdLayout,
}

export function layoutOf({ apiVersion, kind }: KubeObject): Layout {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return layouts[`${group}/${kind}`] ?? anyLayout
}

/** Whatever the kind is made of: its own fields as indented text, its conditions as a table. */
const anyLayout: Layout = ({ apiVersion: _, kind: __, metadata: ___, status, ...own }) => {
  const { conditions: ____, ...facts } = (status ?? {}) as { conditions?: unknown }
  return [
    ...Object.entries(own).flatMap(([field, value]) =>
      section(field[0]?.toUpperCase() + field.slice(1), outline(value)),
    ),
    ...section('Status', outline(facts)),
    ...conditionTable(status),
  ]
}
