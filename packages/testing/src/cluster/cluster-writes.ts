import type { ApiServer } from './api-server.ts'
import { linesWith } from './lines-with.ts'
import { untilLogged } from './until-logged.ts'

/** A write that the API server has carried out for the product; a command in a pod is one, whatever its verb. */
export type ClusterWrite = {
  callId: string | undefined
  verb: string
  /** With its subresource: `deployments/scale`. */
  resource: string
  namespace: string
  name: string
  status: number
}

type AuditLine = {
  stage: string
  verb: string
  userAgent?: string
  requestURI: string
  objectRef?: { namespace?: string; name?: string; resource?: string; subresource?: string }
  responseStatus?: { code?: number }
  requestObject?: { dryRun?: string[] }
}

const writing = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/**
 * All that the product has written in these namespaces so far, under whatever verb, by the API server's own record; in any
 * namespace and none, where none is named.
 */
export async function writesIn(apiServer: ApiServer, namespaces?: readonly string[]): Promise<ClusterWrite[]> {
  await untilLogged(apiServer)
  return linesWith(apiServer.auditLog, '"userAgent":"fairlead/')
    .map((line): AuditLine => JSON.parse(line))
    .filter(({ stage, verb, userAgent = '', requestURI, requestObject, responseStatus, objectRef }) => {
      const isDryRun = requestURI.includes('dryRun=All') || requestObject?.dryRun?.includes('All') === true
      const isDone = (responseStatus?.code ?? 500) < 300
      const isWatched = namespaces === undefined || namespaces.includes(objectRef?.namespace ?? '')
      const isWrite = writing.has(verb) || (objectRef?.subresource === 'exec' && userAgent.includes('call/'))
      return stage === 'ResponseComplete' && isWrite && !isDryRun && isDone && isWatched
    })
    .map(({ verb, userAgent = '', objectRef, responseStatus }) => ({
      callId: /\bcall\/(\S+)/.exec(userAgent)?.[1],
      verb,
      resource: [objectRef?.resource, objectRef?.subresource].filter((part) => part !== undefined).join('/'),
      namespace: objectRef?.namespace ?? '',
      name: objectRef?.name ?? '',
      status: responseStatus?.code ?? 0,
    }))
}
