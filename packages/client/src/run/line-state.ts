import type { Clock } from '../time/clock.ts'

/** `idle`: no stream is needed. `open`: events come. `connecting`: down for a short time. `reconnecting`: longer. */
export type LineState = 'idle' | 'open' | 'connecting' | 'reconnecting'

type LinePorts = { clock: Clock; times: { reconnectingMs: number }; onConnection(state: LineState): void }

/** The state of the line to a run: what is down becomes `reconnecting` only once that has lasted. */
export function createLineState({ clock, times, onConnection }: LinePorts) {
  let stopTimer = () => {}
  const set = (state: LineState): void => {
    stopTimer()
    onConnection(state)
  }
  return {
    set,
    disconnected: (): void => {
      set('connecting')
      stopTimer = clock.after(times.reconnectingMs, () => onConnection('reconnecting'))
    },
  }
}
