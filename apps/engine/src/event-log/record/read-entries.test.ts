import { buildTranscript } from '@fairlead/agent/transcript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { aCall, aConversation, aRun, speak } from '../record.fixture.ts'
import { createMemoryLiveTail } from '../tail/memory-live-tail.ts'
import { insertCalls } from './calls.ts'
import { readEntries } from './read-entries.ts'
import { findPlace, insertSegments } from './write-messages.ts'

const said = (text: string, calls = 0) => ({ pieces: [{ kind: 'text' as const, text }], isVoid: false, calls })

describe.each(databases)('entries for the model from $name', ({ open }) => {
  let database: Database
  const tail = createMemoryLiveTail({ onFenced: () => {} })
  beforeAll(async () => {
    database = await open()
  })
  afterAll(async () => {
    await tail.close()
    await database.close()
  })

  const aChat = async (conversationId: string, content: string, answer: string, calls = 0) => {
    const run = await aRun(database.db, { tail, conversationId, content })
    if (calls > 0) await speak(run, said('', calls))
    await speak(run, said(answer))
    await run.end()
    return run
  }

  test('are the words of both and the calls with their answers, in order', async () => {
    const conversationId = await aConversation(database.db)
    await aChat(conversationId, 'What runs?', 'Two pods.', 2)
    await aChat(conversationId, 'Which?', 'web and db.')
    const { entries, first } = await readEntries(database.db, conversationId, 40)
    expect(first).toBeUndefined()
    expect(entries).toMatchObject([
      { kind: 'user', content: 'What runs?' },
      {
        kind: 'turn',
        provider: 'test',
        content: '',
        body: { said: '' },
        calls: [{ message: 'done' }, { message: 'done' }],
      },
      { kind: 'turn', content: 'Two pods.', reasoning: '', calls: [] },
      { kind: 'user', content: 'Which?' },
      { kind: 'turn', content: 'web and db.', calls: [] },
    ])
  })

  test('are the newest ones of a long conversation, with its first question beside them', async () => {
    const conversationId = await aConversation(database.db)
    for (let n = 0; n < 15; n += 1) await aChat(conversationId, `question ${n}`, `answer ${n}`, 1) // 60 messages
    const { entries, first } = await readEntries(database.db, conversationId, 40)
    expect(first).toBe('question 0')
    const transcript = buildTranscript(entries, { provider: 'test', maxMessages: 40, maxTokens: 1e6, first })
    expect(transcript.length).toBeLessThanOrEqual(40)
    expect(transcript.length).toBeGreaterThan(36)
    expect(transcript[0]).toEqual({ role: 'user', content: 'question 0' })
    expect(transcript.at(-1)).toMatchObject({ role: 'assistant', content: 'answer 14' })
    const users = transcript.flatMap(({ role, content }) => (role === 'user' ? [content] : []))
    expect(users).toEqual([
      'question 0',
      ...Array.from({ length: users.length - 1 }, (_, n) => `question ${16 - users.length + n}`),
    ])
    expect((await readEntries(database.db, conversationId, 60)).first).toBeUndefined()
  })

  test('are as many as the window of the model holds, however many messages of the model are in each', async () => {
    const conversationId = await aConversation(database.db)
    for (let n = 0; n < 5; n += 1) await aChat(conversationId, `question ${n}`, `answer ${n}`, n % 3)
    const all = await readEntries(database.db, conversationId, 100)
    expect(all.entries).toHaveLength(13)
    expect(all.first).toBeUndefined()
    const messagesOf = (entries: typeof all.entries) =>
      entries.reduce((sum, entry) => sum + 1 + (entry.kind === 'turn' ? entry.calls.length : 0), 0)
    for (let limit = 1; limit <= messagesOf(all.entries); limit += 1) {
      const { entries, first } = await readEntries(database.db, conversationId, limit)
      expect(entries).toEqual(all.entries.slice(-entries.length))
      expect(messagesOf(entries)).toBeGreaterThanOrEqual(limit)
      expect(messagesOf(entries.slice(1))).toBeLessThan(limit)
      expect(first).toBe(entries.length === all.entries.length ? undefined : 'question 0')
    }
  })

  test('show a call that was proposed without the model as one, open or answered, where it was made', async () => {
    const { db } = database
    const conversationId = await aConversation(db)
    const chat = await aChat(conversationId, 'Scale it.', 'Scaled.')
    const undo = aCall(chat.ids, { tool: 'k8s_revert', class: 'write', tool_message: null })
    const place = await findPlace(db, conversationId)
    const proposed = {
      conversationId,
      runId: chat.ids.run_id,
      segments: [{ kind: 'tool' as const, call_id: undo.call_id }],
    }
    const { messageId } = await db.transaction((tx) => insertSegments(tx, place, proposed))
    await insertCalls(db, [{ ...undo, message_id: messageId }])
    const after = await aRun(db, { tail, conversationId, content: 'And now?' })
    await speak(after, said('Undone.'))
    await after.end()
    const { entries } = await readEntries(db, conversationId, 40)
    expect(entries).toMatchObject([
      { kind: 'user', content: 'Scale it.' },
      { kind: 'turn', content: 'Scaled.' },
      {
        kind: 'turn',
        provider: '',
        content: '',
        calls: [{ call_id: undo.call_id, tool: 'k8s_revert', message: null }],
      },
      { kind: 'user', content: 'And now?' },
      { kind: 'turn', content: 'Undone.' },
    ])
  })
})
