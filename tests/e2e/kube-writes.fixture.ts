import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { linesWith } from '@fairlead/testing/cluster/lines-with'

/** A write as the API server's own audit log has it. */
export type KubeWrite = {
  verb: string
  requestURI: string
  userAgent: string
  objectRef: { resource: string; name?: string; subresource?: string }
  requestObject?: Record<string, unknown>
  responseStatus: { code: number }
}

const writing = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Writes of the product that reached a namespace, dry runs and questions for rights left out. */
export function productWrites({ auditLog }: ApiServer, namespace: string): KubeWrite[] {
  return linesWith(auditLog, `"namespace":"${namespace}"`)
    .filter((line) => line.includes('"userAgent":"fairlead/'))
    .map((line) => JSON.parse(line) as KubeWrite & { stage: string })
    .filter(({ stage, verb, requestURI }) => {
      return stage === 'ResponseComplete' && writing.has(verb) && !requestURI.includes('dryRun=All')
    })
}
