import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerGet, json } from './jenkins-reads.ts'
import { type JenkinsBuild, type JenkinsJob, type JenkinsState, newBuild } from './jenkins-state.ts'
import { answerPost } from './jenkins-writes.ts'

export type JenkinsServer = AsyncDisposable &
  JenkinsState & {
    addJob(name: string, job?: Partial<JenkinsJob>): JenkinsJob
    /** Takes the oldest item off the queue and lets it run. */
    startNext(build?: Partial<JenkinsBuild>): JenkinsBuild
  }

/** A server that behaves by the documented remote API of Jenkins, below a path of its own. */
export async function startJenkinsServer({ prefix = '' }: { prefix?: string } = {}): Promise<JenkinsServer> {
  const user = { name: 'deployer', token: randomBytes(17).toString('hex') }
  const crumbs = new Map<string, string>()
  const http = createServer((request, response) => {
    void answer(request, response).catch((fault: unknown) => response.writeHead(500).end(String(fault)))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const server: JenkinsServer = {
    url: `${origin}${prefix}`,
    user,
    jobs: new Map(),
    queue: [],
    nodes: [],
    requests: [],
    faults: {},
    needsCrumb: true,
    addJob(name, job = {}) {
      const whole = { parameters: [], builds: [], buildable: true, configXml: '<project/>', more: {}, ...job }
      server.jobs.set(name, whole)
      return whole
    },
    startNext(build = {}) {
      const item = server.queue.find((each) => each.build === undefined && !each.cancelled)
      const job = item && server.jobs.get(item.job)
      if (item === undefined || job === undefined) throw new Error('nothing is in the queue')
      const number = Math.max(0, ...job.builds.map((each) => each.number)) + 1
      const started = newBuild(number, build)
      job.builds.unshift(started)
      item.build = number
      item.why = null
      return started
    },
    async [Symbol.asyncDispose]() {
      http.close()
      http.closeAllConnections()
      await Promise.resolve()
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const url = new URL(request.url ?? '', origin)
    const form = Object.fromEntries(new URLSearchParams(await textOf(request)))
    server.requests.push({
      method,
      path: `${url.pathname}${url.search}`,
      authorization: headers.authorization,
      crumb: [headers['jenkins-crumb'] ?? []].flat()[0],
      userAgent: headers['user-agent'],
      form,
    })
    const { faults } = server
    const expected = `Basic ${Buffer.from(`${user.name}:${user.token}`).toString('base64')}`
    if (headers.authorization !== expected) return void response.writeHead(401).end('Invalid password/token')
    if (!url.pathname.startsWith(prefix)) return void response.writeHead(404).end()
    if (method === 'GET' && faults.redirectsTo !== undefined)
      return void response.writeHead(302, { location: faults.redirectsTo }).end()
    const path = decodeURIComponent(url.pathname.slice(prefix.length))
    if (path === '/crumbIssuer/api/json') return giveCrumb(response)
    if (method === 'POST') {
      if (server.needsCrumb && !isValid(headers))
        return void response.writeHead(403).end('No valid crumb was included in the request')
      await faults.holdsPosts?.()
      const isDone = answerPost(server, { path, query: url.searchParams, form }, response)
      if (isDone && faults.losesAnswers) return void response.destroy()
      return
    }
    answerGet(server, { path, query: url.searchParams }, response)
  }

  function giveCrumb(response: ServerResponse): void {
    if (!server.needsCrumb) return void response.writeHead(404).end()
    const [session, crumb] = [randomBytes(8).toString('hex'), randomBytes(16).toString('hex')]
    crumbs.set(session, crumb)
    response.setHeader('set-cookie', `JSESSIONID.1=${session}; Path=/; HttpOnly`)
    json(response, { _class: 'hudson.security.csrf.DefaultCrumbIssuer', crumb, crumbRequestField: 'Jenkins-Crumb' })
  }

  /** A crumb holds for the session that it was given to. */
  function isValid(headers: IncomingMessage['headers']): boolean {
    const session = /JSESSIONID\.1=([0-9a-f]+)/.exec(headers.cookie ?? '')?.[1] ?? ''
    const isKnown = crumbs.get(session) === headers['jenkins-crumb']
    if (server.faults.forgetsCrumbs) {
      delete server.faults.forgetsCrumbs
      crumbs.clear()
      return false
    }
    return isKnown
  }

  return server
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
