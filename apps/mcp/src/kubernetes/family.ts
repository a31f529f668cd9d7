import type { Tool } from '../define-tool.ts'
import type { Family } from '../families.ts'
import { k8sScale } from './scale.ts'

const tools: readonly Tool[] = [k8sScale]

/** Kubernetes itself, natively over its API. */
export const kubernetes: Family = { name: 'k8s', tools }
