import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import { ApiError } from '../../../kube/http/api-error.ts'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { quantityOf } from '../quantity.ts'

export type Usage = { cpu?: string; memory?: string }

/** Cores and bytes. */
export type Used = { cpu: number; memory: number }

export function usedOf({ cpu, memory }: Usage = {}): Used {
  return { cpu: quantityOf(cpu), memory: quantityOf(memory) }
}

const group = 'metrics.k8s.io'

/** The metrics of pods or nodes, in v1 if it is served. Throws NotInstalled where no such API is registered. */
export async function metricsOf(kube: Kube, plural: 'pods' | 'nodes'): Promise<ApiResource> {
  try {
    const preferred = await kube.resolve(`${plural}.${group}`)
    const served = await kube.resources()
    return served.find((each) => each.group === group && each.plural === plural && each.version === 'v1') ?? preferred
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'NotFound') throw error
    throw (await isRegistered(kube)) ? noAnswer() : notInstalled()
  }
}

/** An API whose server is down is registered all the same, but nothing of it is served. */
async function isRegistered(kube: Kube): Promise<boolean> {
  try {
    await kube.get(`/apis/${group}`)
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NotFound') return false
    throw error
  }
}

function notInstalled(): ToolError {
  return new ToolError('NotInstalled', `metrics-server is not installed: the cluster does not serve ${group}.`)
}

function noAnswer(): ToolError {
  return new ToolError('Unavailable', `${group} is registered, but its server does not answer. Try again later.`)
}

export function noSamples(of: string): ToolError {
  return new ToolError('Unavailable', `metrics-server has no samples of ${of} yet. Try again later.`)
}
