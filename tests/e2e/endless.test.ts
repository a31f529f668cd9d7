import type { ModelRequest } from '@fairlead/testing/model/model-request'
import type { Reply } from '@fairlead/testing/model/model-script'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { expect, test } from 'vitest'
import { newChance } from './chance.fixture.ts'
import { newPerson } from './person.fixture.ts'
import { only, textOf } from './read-events.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp } from './start-up.fixture.ts'

const chance = newChance()

test('a model that never ends is stopped by the limit, all of it is on record, and the conversation goes on', async () => {
  const server = await sharedApiServer()
  const namespace = await server.newNamespace(chance.name('shop'))
  const limit = chance.number(6, 12)
  await using scripted = { ...(await startModelServer(restless)), [Symbol.asyncDispose]: () => scripted.close() }
  await using folder = await newFolder()
  const up = await startUp({
    args: ['--port', '0', '--state', 'state', '--kubeconfig', server.kubeconfig],
    env: {
      LLM_MODEL: 'anthropic/scripted',
      LLM_HOST: scripted.url,
      ANTHROPIC_API_KEY: 'key',
      LLM_MAX_ITERATIONS: String(limit),
    },
    cwd: folder.path,
  })
  try {
    const person = await newPerson(up, 'ada@example.com')
    const events = await person.ask(`count for ever in ${namespace}`)
    expect(events.slice(-3)).toMatchObject([
      { type: 'workflow.error', error: expect.stringContaining(`limit of ${limit} steps (LLM_MAX_ITERATIONS)`) },
      { type: 'completed', status: 'error' },
      { type: 'workflow_error', status: 'error' },
    ])
    const results = events.flatMap((event) => (event.type === 'tool.result' ? [event.call_id] : []))
    const executing = events.flatMap((event) => (event.type === 'tool.executing' ? [event.call_id] : []))
    expect(results).toEqual(executing)
    // The first step enters, then a model turn and its calls take one each.
    expect(results).toHaveLength(Math.floor((limit - 1) / 2))
    const proposed = events.filter(({ type }) => type === 'tools.pending').length

    const { conversation_id, run_id } = only(events, 'ready')
    const { body } = await person.request('GET', `/audit?conversation_id=${conversation_id}&type=call.ended&limit=200`)
    const { items } = body as { items: { call_id: string }[] }
    expect(items.map(({ call_id }) => call_id).toSorted()).toEqual(results.toSorted())
    expect((await person.stream(`/agent/runs/${run_id}/events`)).map(({ type }) => type)).toEqual(
      events.map(({ type }) => type),
    )

    const again = await person.ask('enough, how many was it?', conversation_id)
    expect(textOf(again)).toBe(`I was answered ${proposed} times.`)
    expect(only(again, 'workflow_complete').status).toBe('completed')
  } finally {
    await up.stop()
  }

  function restless(request: ModelRequest): Reply {
    if (!request.isStreamed) return { text: 'Counting' }
    const { message, answers } = seenSoFar(request)
    if (message.startsWith('count')) {
      const args = { resource_type: 'pods', namespace, limit: answers.length + 1 }
      return { text: `Look ${answers.length + 1}.`, toolCalls: [{ name: 'k8s_get', args }] }
    }
    return { text: `I was answered ${request.messages.filter(({ role }) => role === 'tool').length} times.` }
  }
}, 180_000)
