import { expect, test } from 'vitest'
import { createLiveOutput } from '../conversation/live-output.ts'
import { sessionsOf } from './terminal-sessions.ts'

test('a terminal that nobody draws is found as it was left; only the last four are', () => {
  const sessions = sessionsOf(createLiveOutput())
  const ids = ['a', 'b', 'c', 'd', 'e']
  const made = ids.map((id) => {
    const session = sessions.get(id, 'live')
    const leave = sessions.hold(id, 'live')
    return { id, session, leave }
  })
  for (const { leave } of made) leave()
  expect(made.map(({ id, session }) => sessions.get(id, 'live') === session)).toEqual([false, true, true, true, true])
})

test('the terminals of a conversation go with it, drawn or not; those of others stay', () => {
  const output = createLiveOutput()
  const sessions = sessionsOf(output)
  expect(sessionsOf(output)).toBe(sessions)
  const [mine, result, other] = [sessions.get('W1', 'live'), sessions.get('W1', 'result'), sessions.get('X', 'live')]
  const leave = sessions.hold('W1', 'live')
  output.forget(['W1'])
  leave()
  expect(sessions.get('W1', 'live')).not.toBe(mine)
  expect(sessions.get('W1', 'result')).not.toBe(result)
  expect(sessions.get('X', 'live')).toBe(other)
})
