import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { apiPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, credentialsRef } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const fields = 'id,why,inQueueSince,stuck,blocked,buildable,task[fullName,name,url]'

export const jenkinsGetQueue = defineTool({
  name: 'jenkins_get_queue',
  title: 'Jenkins: Get Build Queue',
  description:
    'List what waits to be built, oldest first, and what each waits for. To take one out use jenkins_cancel_queue_item.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    credentials_ref: credentialsRef,
    limit: optional('limit', integer(1, 100), 50),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const { answer, body } = await readJson(connection, apiPath('/queue', `items[${fields}]`), 'the queue')
    const all = Array.isArray(body.items) ? (body.items as { id: number }[]) : []
    // Jenkins begins with the newest.
    const items = all.toSorted((a, b) => a.id - b.id).slice(0, args.limit)
    return {
      ...answerText(answer, { totalItems: all.length, items }, settings),
      total_items: all.length,
      returned_items: items.length,
    }
  },
})
