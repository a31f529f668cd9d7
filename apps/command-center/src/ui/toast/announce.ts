import { createSignal } from '../create-signal.ts'

export type Urgency = 'polite' | 'assertive'
export type Announcement = { id: number; text: string }

export const announcements = {
  polite: createSignal<Announcement>({ id: 0, text: '' }),
  assertive: createSignal<Announcement>({ id: 0, text: '' }),
}

/** Says a text to those who listen to the page. The same text said again is heard again. */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  const signal = announcements[urgency]
  signal.set({ id: signal.get().id + 1, text })
}
