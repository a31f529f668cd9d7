import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Strip } from './strip.tsx'
import type { StepName, StripState, StripStep } from './strip-state.ts'

const names: readonly StepName[] = ['plan', 'approve', 'execute', 'verify']
const step = (name: StepName, parts: Partial<StripStep> = {}): StripStep => ({
  name,
  state: 'waiting',
  text: 'waiting',
  detail: undefined,
  callId: undefined,
  since: undefined,
  ...parts,
})
const stripOf = (parts: Partial<Record<StepName, Partial<StripStep>>>, current?: StepName) => {
  const steps = names.map((name) => step(name, parts[name])) as unknown as StripState['steps']
  const state = { steps, current, isAllPositive: false, wantsCheck: false }
  return renderToStaticMarkup(createElement(Strip, { state }))
}
const items = (markup: string) => [...markup.matchAll(/<li.*?<\/li>/gs)].map(([item]) => item)

test('each step says its state in words, and the present one is marked', () => {
  const markup = stripOf(
    {
      plan: { state: 'done', text: '1 change, 2 reads' },
      approve: { state: 'active', text: '0 of 1 decided' },
      verify: { state: 'neutral', text: 'nothing to verify' },
    },
    'approve',
  )
  const words = items(markup).map((item) =>
    item
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  expect(words).toEqual([
    'Plan 1 change, 2 reads',
    'Approve 0 of 1 decided',
    'Execute waiting',
    'Verify nothing to verify',
  ])
  expect(items(markup).map((item) => item.includes('aria-current="step"'))).toEqual([false, true, false, false])
  expect(markup).toContain('2 of 4')
})

test('a step leads to the card that explains it', () => {
  const markup = stripOf({ execute: { state: 'attention', text: '1 failed', callId: 'call-7', detail: 'Look.' } })
  expect(items(markup)[2]).toContain('href="#call-call-7"')
  expect(items(markup)[0]).not.toContain('href')
  expect(markup).toContain('Look.')
})
