import type { Schedule } from './event-batch.ts'

const LONGEST_WAIT_MS = 100

/** A hidden page draws nothing, so a timer stands behind the frame. */
export const nextFrame: Schedule = (run) => {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    run()
  }
  const timer = setTimeout(once, LONGEST_WAIT_MS)
  requestAnimationFrame(once)
}
