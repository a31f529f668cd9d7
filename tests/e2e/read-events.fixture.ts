import { strict as assert } from 'node:assert'
import { type RunEvent, runEvent } from '@fairlead/contract/events/run-event'

/** Reads a run's stream to its end, and holds it to the framing that line-based clients rely on. */
export async function readEvents(response: Response): Promise<RunEvent[]> {
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const frames = (await response.text()).split('\n\n').filter((text) => text !== '')
  const events: RunEvent[] = []
  let last = 0
  for (const text of frames) {
    const [, id, name, data = ''] = /^(?:id: (\d+)\n)?event: ([\w.]+)\ndata: (.*)$/.exec(text) ?? []
    const payload = JSON.parse(data) as { type: string }
    assert.equal(payload.type, name)
    if (name === 'heartbeat') continue
    assert(Number(id) > last, `ids rise: ${id} after ${last}`)
    last = Number(id)
    events.push(runEvent.parse(payload))
  }
  return events
}

/** The stream's shape: names in order; pieces of text, titles and the question who speaks next left out. */
export function namesOf(events: readonly RunEvent[]): string[] {
  const noise = new Set([
    'token',
    'thinking',
    'ttft',
    'token.usage',
    'thinking.complete',
    'conversation.title.generated',
  ])
  return events.map(({ type }) => type).filter((type) => !noise.has(type))
}

/** The only event of that name. */
export function only<Type extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: Type,
): Extract<RunEvent, { type: Type }> {
  const found = events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type)
  assert.equal(found.length, 1, `one ${type} in ${events.map((event) => event.type).join(' ')}`)
  return found[0] as Extract<RunEvent, { type: Type }>
}

/** All that the model said in words. */
export function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('')
}
