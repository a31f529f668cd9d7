import { expect, test } from 'vitest'
import type { Event } from '../../../kube/events/event.ts'
import { groupEvents } from './group-events.ts'

let second = 0
function anEvent(pod: string, message: string, more: Partial<Event> = {}): Event {
  const lastTimestamp = `2026-01-31T10:00:${String(second++ % 60).padStart(2, '0')}Z`
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `e${second}` },
    involvedObject: { kind: 'Pod', name: pod, namespace: 'shop' },
    type: 'Warning',
    reason: 'BackOff',
    message,
    lastTimestamp,
    ...more,
  }
}

test('the same of several objects is one group, counted, with the newest message and object first', () => {
  const events = [
    anEvent(
      'web-1',
      'Back-off 10s restarting failed container app in pod web-1_shop(1b4e28ba-2fa1-11d2-883f-0016d3cca427)',
      { count: 3 },
    ),
    anEvent(
      'web-2',
      'Back-off 20s restarting failed container app in pod web-2_shop(6fa459ea-ee8a-3ca4-894e-db77e160355e)',
    ),
    anEvent(
      'web-2',
      'Back-off 1m20s restarting failed container app in pod web-2_shop(6fa459ea-ee8a-3ca4-894e-db77e160355e)',
      { series: { count: 5 } },
    ),
  ]
  expect(groupEvents(events)).toEqual([
    {
      type: 'Warning',
      reason: 'BackOff',
      count: 9,
      objects: ['web-2', 'web-1'].map((name) => ({ kind: 'Pod', name, namespace: 'shop' })),
      message: events[2]?.message,
      lastSeen: events[2]?.lastTimestamp,
    },
  ])
})

test('what says something else stays apart', () => {
  const events = [
    anEvent('web-1', 'Failed to pull image "nginx:a"', { reason: 'Failed' }),
    anEvent('web-1', 'Error: ErrImagePull', { reason: 'Failed' }),
    anEvent('web-1', 'Error: ErrImagePull', { reason: 'Failed', type: 'Normal' }),
    anEvent('web-1', 'Error: ErrImagePull', { reason: 'Other' }),
    anEvent('web-1', 'Error: ErrImagePull', { reason: 'Failed', involvedObject: { kind: 'Job', name: 'web-1' } }),
  ]
  expect(groupEvents(events)).toHaveLength(5)
  const messages = ['statuscode: 500', 'statuscode: 503', 'image "app:1"', 'image "app:2"'].map((said) =>
    anEvent('web-1', said),
  )
  expect(groupEvents(messages)).toHaveLength(4)
})
