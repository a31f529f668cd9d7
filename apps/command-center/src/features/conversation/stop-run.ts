import { isRunActive } from '@fairlead/client/conversation/selectors'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from './live-core.ts'
import { until } from './until.ts'

export type Stopping = {
  /** Also before the run has an id: then as soon as it has one. */
  stop(): void
  /** No run is active, calls wait: they are closed. */
  withdraw(): void
}

export function createStopping(core: LiveCore, { isOpening }: { isOpening: () => boolean }): Stopping {
  const { get, set, ports } = core

  async function send(runId: string): Promise<void> {
    set({ stop: { state: 'sent' } })
    try {
      await ports.api.call('POST /agent/stop', { body: { conversation_id: core.id, run_id: runId } })
    } catch (error) {
      if (core.closing.aborted) return
      const why = error instanceof ApiError ? error.message : 'The answer could not be read.'
      return set({ stop: { state: 'failed', text: `The run was not stopped: ${why}` } })
    }
    // The run's own end is on its way, with the last words; where the line is broken the record has it.
    const hasEnded = await until(core, ({ view }) => view.run?.id !== runId || !isRunActive(view), core.times.stoppedMs)
    if (!hasEnded || get().stop.state === 'sent') {
      core.follower.close()
      await core.readRecord()
    }
    set({ stop: { state: 'none' } })
  }

  core.onApplied((before, after) => {
    const { stop } = get()
    const { run } = after
    const hasBegun = run !== undefined && run.id !== before.run?.id && isRunActive(after)
    if (stop.state === 'requested' && hasBegun) void send(run.id)
    if (stop.state !== 'none' && isRunActive(before) && !isRunActive(after)) set({ stop: { state: 'none' } })
  })

  // What was to be stopped has not begun after all.
  core.store.subscribe(({ stop, view }) => {
    if (stop.state === 'requested' && !isOpening() && !isRunActive(view)) set({ stop: { state: 'none' } })
  })

  return {
    stop: () => {
      const { view, stop } = get()
      if (stop.state === 'sent' || stop.state === 'requested') return
      if (isOpening()) set({ stop: { state: 'requested' } })
      else if (isRunActive(view) && view.run !== undefined) void send(view.run.id)
    },
    withdraw: () => {
      const { view, stop } = get()
      if (view.run === undefined || isRunActive(view) || stop.state === 'sent') return
      void send(view.run.id)
    },
  }
}
