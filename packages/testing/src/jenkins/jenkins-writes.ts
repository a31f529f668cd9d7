import type { ServerResponse } from 'node:http'
import type { JenkinsState } from './jenkins-state.ts'
import { resolve } from './jenkins-views.ts'

/** Whether it was done; the answer is sent unless answers are to be lost. */
export function answerPost(
  server: JenkinsState,
  { path, query, form }: { path: string; query: URLSearchParams; form: Record<string, string> },
  response: ServerResponse,
): boolean {
  const answered = (status: number, headers: Record<string, string> = {}) => {
    const isDone = status < 400
    if (!(isDone && server.faults.losesAnswers)) response.writeHead(status, headers).end()
    return isDone
  }
  const { faults } = server
  if (path === '/queue/cancelItem') {
    const item = server.queue.find(({ id, build }) => String(id) === query.get('id') && build === undefined)
    if (item === undefined) return answered(404)
    item.cancelled = true
    return answered(204)
  }
  const found = resolve(server, path)
  if (found?.job === undefined) return answered(404)
  const { name, job, build, rest } = found
  if (faults.refusesWith !== undefined) return answered(faults.refusesWith)
  if (rest === '/build' || rest === '/buildWithParameters') {
    if (!job.buildable) return answered(409)
    if (rest === '/build' && job.parameters.length > 0) return answered(400)
    const id = server.queue.reduce((most, item) => Math.max(most, item.id), 0) + 1
    server.queue.push({ id, job: name, why: 'In the quiet period. Expires in 4 sec', cancelled: false })
    const location = faults.queueLocation ?? `${server.url}/queue/item/${id}/`
    if (!faults.losesAnswers) response.writeHead(201, { location }).end()
    return true
  }
  if (build === undefined) return answered(404)
  if (rest === '/stop') {
    Object.assign(build, { building: false, result: 'ABORTED' })
    return answered(302, { location: `${server.url}/` })
  }
  if (rest === '/submitDescription') {
    build.description = form.description ?? null
    return answered(302, { location: '.' })
  }
  if (rest === '/configSubmit') {
    const { displayName, description } = JSON.parse(form.json ?? '{}') as { displayName: string; description: string }
    Object.assign(build, { displayName, description })
    return answered(302, { location: '.' })
  }
  return answered(404)
}
