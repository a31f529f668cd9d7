import type { ServerResponse } from 'node:http'
import type { JenkinsBuild, JenkinsQueueItem, JenkinsState } from './jenkins-state.ts'
import { buildView, childrenOf, folderView, jobView, resolve, urlOf } from './jenkins-views.ts'
import { selectTree } from './tree.ts'

export function answerGet(
  server: JenkinsState,
  { path, query }: { path: string; query: URLSearchParams },
  response: ServerResponse,
): unknown {
  const { user } = server
  if (path === '/me/api/json') return json(response, { id: user.name, fullName: 'Deployer' })
  if (path === '/whoAmI/api/json')
    return json(response, { name: user.name, authenticated: true, authorities: ['authenticated', 'deployers'] })
  if (path === '/api/json') return json(response, selected({ jobs: childrenOf(server, '') }, query))
  if (path === '/queue/api/json') return json(response, selected({ items: queueView(server) }, query))
  if (path === '/computer/api/json') return json(response, selected(nodesView(server), query))
  const item = /^\/queue\/item\/(\d+)\/api\/json$/.exec(path)
  if (item !== null) return queueItem(server, Number(item[1]), response)
  const found = resolve(server, path)
  if (found === undefined) return void response.writeHead(404).end()
  const { name, job, build, rest } = found
  if (rest === '/config.xml' && job !== undefined)
    return void response.writeHead(200, { 'content-type': 'application/xml' }).end(job.configXml)
  const page = build?.pages[rest.replace(/\/api\/json$/, '').slice(1)]
  if (page !== undefined) return json(response, selected(page, query))
  if (rest === '/logText/progressiveText' && build !== undefined) return progressive(build, query, response)
  if (rest !== '/api/json') return void response.writeHead(404).end()
  const value =
    build !== undefined
      ? buildView(server, name, build)
      : job === undefined
        ? folderView(server, name)
        : jobView(server, name, job)
  json(response, selected(value, query))
}

function queueItem(server: JenkinsState, id: number, response: ServerResponse): void {
  const item = server.queue.find((each) => each.id === id)
  if (item === undefined) return void response.writeHead(404).end()
  const executable =
    item.build === undefined ? {} : { executable: { number: item.build, url: urlOf(server, item.job, item.build) } }
  json(response, {
    _class: 'hudson.model.Queue$WaitingItem',
    id,
    why: item.why,
    cancelled: item.cancelled,
    task: taskOf(server, item),
    ...executable,
  })
}

/** What still waits, the newest first. */
function queueView(server: JenkinsState): object[] {
  const waiting = server.queue.filter(({ build, cancelled }) => build === undefined && !cancelled)
  return waiting.toReversed().map((item) => ({ id: item.id, why: item.why, stuck: false, task: taskOf(server, item) }))
}

function taskOf(server: JenkinsState, { job }: JenkinsQueueItem): object {
  return { name: job.split('/').at(-1), fullName: job, url: urlOf(server, job) }
}

function nodesView({ nodes, jobs }: JenkinsState): object {
  const running = [...jobs.values()].flatMap(({ builds }) => builds.filter(({ building }) => building))
  return { busyExecutors: running.length, totalExecutors: 2 * nodes.length, computer: nodes }
}

/** Bytes from `start` on; past the end Jenkins begins anew. */
function progressive(build: JenkinsBuild, query: URLSearchParams, response: ServerResponse): void {
  const whole = Buffer.from(build.log)
  const start = Number(query.get('start') ?? 0)
  const from = start > whole.length ? 0 : start
  response.setHeader('x-text-size', String(whole.length))
  if (build.building) response.setHeader('x-more-data', 'true')
  response.setHeader('content-type', 'text/plain;charset=utf-8')
  response.end(whole.subarray(from))
}

function selected(value: object, query: URLSearchParams): unknown {
  const tree = query.get('tree')
  return tree === null ? value : selectTree(value, tree)
}

export function json(response: ServerResponse, value: unknown): void {
  response.setHeader('x-jenkins', '2.555')
  response.setHeader('content-type', 'application/json;charset=utf-8')
  response.end(JSON.stringify(value))
}
