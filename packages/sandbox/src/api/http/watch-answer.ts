import type { ServerResponse } from 'node:http'
import { watchObjects } from '../objects/watch-objects.ts'
import type { Cluster } from '../store/cluster.ts'
import { partialMetadata, tableOf } from '../table/table.ts'
import { objectAt } from '../values/json.ts'
import { jsonText } from './answer.ts'
import { includeOf } from './include.ts'
import type { Accepted } from './negotiate.ts'
import { isTrue, numberOf } from './read-request.ts'
import type { Route } from './route.ts'
import { writeLine } from './write-line.ts'

const LONGEST_MS = 3_600_000

/** Streams the changes of a collection until the client goes or its time is over. Throws ApiStatusError. */
export function sendWatch(
  cluster: Cluster,
  { resource, namespace, name }: Route,
  { query, accepted, response }: { query: URLSearchParams; accepted: Accepted; response: ServerResponse },
): void {
  let isFirst = true
  const lines: string[] = []
  const write = (line: string) => {
    if (response.headersSent) writeLine(response, line)
    else lines.push(line)
  }
  const fieldSelector = name === undefined ? (query.get('fieldSelector') ?? undefined) : `metadata.name=${name}`
  const initial = query.get('sendInitialEvents')
  const stop = watchObjects(
    cluster,
    { resource, namespace },
    {
      labelSelector: query.get('labelSelector') ?? undefined,
      fieldSelector,
      resourceVersion: query.get('resourceVersion') ?? undefined,
      allowWatchBookmarks: isTrue(query, 'allowWatchBookmarks'),
      sendInitialEvents: initial === null ? undefined : initial === 'true',
    },
    ({ type, object }) => {
      let text: string
      if (type === 'ERROR' || accepted.as === 'object') text = jsonText(object)
      else if (accepted.as === 'Table') {
        const listed = { resourceVersion: objectAt(object, 'metadata').resourceVersion ?? '' }
        const rows = type === 'BOOKMARK' ? [] : [object]
        const include = includeOf(query)
        text = JSON.stringify(tableOf(resource, rows, { clock: cluster.clock, listed, include, withHeader: isFirst }))
        isFirst = false
      } else text = JSON.stringify(partialMetadata(object))
      write(`{"type":"${type}","object":${text}}\n`)
      if (type === 'ERROR') response.end()
    },
  )
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  for (const line of lines) response.write(line)
  const seconds = numberOf(query, 'timeoutSeconds')
  const stopTimer = cluster.clock.after(seconds ? seconds * 1000 : LONGEST_MS, () => response.end())
  response.on('close', () => {
    stop()
    stopTimer()
  })
}
