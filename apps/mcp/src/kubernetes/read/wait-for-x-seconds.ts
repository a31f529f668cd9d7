import { z } from 'zod'
import { required } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { defineTool } from '../shared/define-tool.ts'

/** Between two lines that say how far it is. */
const STEP_SECONDS = 10

export const waitForXSeconds = defineTool({
  name: 'wait_for_x_seconds',
  title: 'Wait for Specified Duration',
  description: 'Wait, at most 300 seconds. For a rollout use k8s_rollout_status, which ends as soon as it is done.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ seconds: required('seconds', integer(0, 300)) }),
  seconds: ({ seconds }) => seconds + 10,
  async run({ seconds }, { signal, progress }): Promise<ToolResult> {
    for (let left = seconds; left > 0; left -= STEP_SECONDS) {
      if (left < seconds) progress('status', `Waited for ${seconds - left} of ${seconds} seconds\n`)
      await pause(Math.min(left, STEP_SECONDS) * 1000, signal)
    }
    return { output: `Waited for ${seconds} seconds` }
  },
})

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(interrupted(signal))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
