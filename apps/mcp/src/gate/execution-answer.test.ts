import type { Outcome } from '@fairlead/contract/effect/effect'
import { describe, expect, test } from 'vitest'
import type { ObjectWritten } from '../target/object-written.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { ComputedEffect } from './compute-effect.ts'
import { contestedAnswer, settledAnswer, staleAnswer, writtenAnswer } from './execution-answer.ts'

const ref = (name: string) => ({ cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name })
const written = (name: string, outcome: Outcome, error?: ToolError): ObjectWritten =>
  ({ outcome: { ref: ref(name), outcome, ...(error && { error: error.text }) }, error }) as ObjectWritten
const denied = new ToolError('Forbidden', 'ConfigMap b may not be changed.', {
  hint: 'Ask for it.',
  data: { verb: 'patch' },
})

function computed(plan: Partial<ComputedEffect['plan']> = {}): ComputedEffect {
  return {
    effect: { summary: 'scale web', objects: [] },
    effect_digest: 'e'.repeat(64),
    args_digest: 'a'.repeat(64),
    objectPlans: [],
    plan: { report: () => 'all written', ...plan },
  } as unknown as ComputedEffect
}

describe('the answer of a write', () => {
  test('that succeeded says what the tool says of it', () => {
    const answer = writtenAnswer(computed(), [written('a', 'succeeded')], 2)
    expect(answer).toStrictEqual({
      output: 'all written',
      error: false,
      outcome: 'succeeded',
      tries: 2,
      objects: [{ ref: ref('a'), outcome: 'succeeded' }],
      effect_digest: 'e'.repeat(64),
    })
  })

  test('holds the namespace that was used, in a success and in a failure', () => {
    const plan = { namespace: 'shop' }
    expect(writtenAnswer(computed(plan), [written('a', 'succeeded')], 1).namespace).toBe('shop')
    expect(writtenAnswer(computed(plan), [written('a', 'failed', denied)], 1).namespace).toBe('shop')
  })

  test('may be told with data and warnings', () => {
    const plan = { report: () => ({ output: 'done', warnings: ['old version'] }) }
    expect(writtenAnswer(computed(plan), [written('a', 'succeeded')], 1)).toMatchObject({
      output: 'done',
      warnings: ['old version'],
      error: false,
    })
  })

  test('that failed begins with the fault, and lists every object where there are several', () => {
    const objects = [written('a', 'succeeded'), written('b', 'failed', denied)]
    expect(writtenAnswer(computed(), objects, 1)).toMatchObject({
      output:
        'Forbidden: ConfigMap b may not be changed.\n' +
        '- ConfigMap shop/a: succeeded\n' +
        '- ConfigMap shop/b: failed (Forbidden: ConfigMap b may not be changed.)',
      error: true,
      code: 'Forbidden',
      hint: 'Ask for it.',
      data: { verb: 'patch' },
      outcome: 'failed',
    })
    expect(writtenAnswer(computed(), [written('b', 'failed', denied)], 1).output).not.toContain('\n')
  })

  test('is unknown when one object is, whatever became of the others', () => {
    const lost = {
      ...written('b', 'unknown'),
      outcome: { ref: ref('b'), outcome: 'unknown', error: 'the answer was lost' },
    }
    const objects = [written('a', 'failed', denied), lost as ObjectWritten, written('c', 'succeeded')]
    const answer = writtenAnswer(computed(), objects, 1)
    expect(answer).toMatchObject({ outcome: 'unknown', code: 'Unknown', error: true })
    expect(answer.output).toMatch(
      /^Unknown: the answer was lost; ConfigMap shop\/b may have been written all the same\. Read it before anything else\.\n- ConfigMap shop\/a: failed/,
    )
  })

  test('is unknown where no answer came at all', () => {
    expect(writtenAnswer(computed(), [written('a', 'unknown')], 1).output).toBe(
      'Unknown: no answer came; ConfigMap shop/a may have been written all the same. Read it before anything else.',
    )
  })

  test('that failed without a reason is a bug, and says no more', () => {
    expect(writtenAnswer(computed(), [written('a', 'failed')], 1)).toMatchObject({
      output: 'Internal: the write failed.',
      code: 'Internal',
    })
  })

  test('that failed may be told in the words of the tool', () => {
    const plan = { reportFailure: () => ({ output: 'exit code 3' }) }
    expect(writtenAnswer(computed(plan), [written('a', 'failed', denied)], 1)).toMatchObject({
      output: 'exit code 3',
      error: true,
      outcome: 'failed',
    })
  })
})

describe('the answer of a write that is no longer the approved one', () => {
  test('holds the effect as it is now', () => {
    expect(staleAnswer(computed(), 3)).toEqual({
      output: 'Stale: this is no longer the change that was approved; now: scale web. Nothing was written.',
      error: true,
      code: 'Stale',
      outcome: 'stale',
      tries: 3,
      objects: [],
      effect: computed().effect,
      args_digest: 'a'.repeat(64),
      effect_digest: 'e'.repeat(64),
    })
  })

  test('says why there is none', () => {
    const gone = new ToolError('NotFound', 'Deployment web is not there.')
    expect(contestedAnswer(gone, 1)).toStrictEqual({
      output:
        'Stale: this is no longer the change that was approved: Deployment web is not there. Nothing was written.',
      error: true,
      code: 'Stale',
      outcome: 'stale',
      tries: 1,
      objects: [],
    })
    expect(contestedAnswer(new ToolError('NotFound', 'Gone.', { hint: 'Look again.' }), 1).hint).toBe('Look again.')
  })
})

describe('what a write set going', () => {
  const answer = writtenAnswer(computed(), [written('a', 'succeeded')], 1)

  test('is waited for, and replaces the report', async () => {
    const settled = await settledAnswer(answer, computed({ settle: async () => ({ output: 'all ready' }) }))
    expect(settled).toEqual({ ...answer, output: 'all ready' })
    expect(await settledAnswer(answer, computed())).toBe(answer)
  })

  test('may end early, which takes nothing back', async () => {
    const fault = new ToolError('Timeout', 'Two pods are not ready.')
    const settled = await settledAnswer(answer, computed({ settle: () => Promise.reject(fault) }))
    expect(settled).toMatchObject({
      output: 'all written\nWaiting for the result ended early: Timeout: Two pods are not ready.',
      error: false,
      outcome: 'succeeded',
      data: { done: false },
    })
  })

  test('is no excuse for a bug', async () => {
    const bug = computed({ settle: () => Promise.reject(new TypeError('of undefined')) })
    await expect(settledAnswer(answer, bug)).rejects.toThrow(TypeError)
  })
})
