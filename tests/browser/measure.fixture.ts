import type { Page } from '@playwright/test'

/** What a person would have felt, since `startMeasuring`. */
export type Felt = {
  /** Work that held the page for longer than 50 ms: when, and how long. */
  longTasks: [at: number, ms: number][]
  /** Presses and keys whose effect was painted only after 100 ms. */
  lateAnswers: [name: string, ms: number][]
}

export async function startMeasuring(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.felt = { longTasks: [], lateAnswers: [] }
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) felt.longTasks.push([Math.round(startTime), Math.round(duration)])
    }).observe({ type: 'longtask', buffered: false })
    new PerformanceObserver((list) => {
      for (const { name, duration, interactionId } of list.getEntries()) {
        if (interactionId && duration > 100) felt.lateAnswers.push([name, duration])
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })
  })()`)
}

export async function measured(page: Page): Promise<Felt> {
  return await page.evaluate<Felt>('felt')
}

export const nothingFelt: Felt = { longTasks: [], lateAnswers: [] }

/**
 * For tests that measure, beside others on the same two cores: what another process takes makes a good run bad, and
 * never a bad one good.
 */
export const measuring = { timeout: 180_000, retry: 2 } as const
