import type { LiveCore } from './live-core.ts'
import type { LiveState } from './live-state.ts'

/** Resolves once the state is so, or after that time. */
export function until(core: LiveCore, isSo: (state: LiveState) => boolean, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (isSo(core.get())) return resolve(true)
    const done = (result: boolean) => {
      leave()
      callOff()
      resolve(result)
    }
    const leave = core.store.subscribe((state) => isSo(state) && done(true))
    const callOff = core.ports.clock.after(ms, () => done(false))
  })
}
