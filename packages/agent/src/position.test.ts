import { expect, it } from 'vitest'
import { initialToolsets, newPosition } from './position.ts'

const ids = { run_id: 'run_1', conversation_id: 'c1', user_id: 'u1', start_time: 7 }

it('a run begins with nothing done, and looking tools of the cluster alone', () => {
  expect(newPosition(ids)).toEqual({
    ...ids,
    pending_tools: [],
    awaiting_approval: false,
    loaded_toolsets: { k8s: false },
    step: 0,
    auto_continues: 0,
    nudged: false,
    speaks_again: false,
    has_answered: false,
    called_tool: false,
    without_model: false,
    denied: false,
    ttft_emitted: false,
    done: false,
    error: null,
    stopped: false,
  })
  expect(initialToolsets).toEqual({ k8s: false })
})
