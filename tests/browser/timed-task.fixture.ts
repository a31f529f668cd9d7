import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from '@playwright/test'
import { expect } from 'vitest'

/** A newcomer looks before each step. */
const READ_MS = 1_000

/** A task with a bound, done by somebody who knows only what is to be read on the screen. */
export type TimedTask = {
  press(target: Locator): Promise<void>
  /** Into what has the focus; it costs time, and no click. */
  type(page: Page, text: string): Promise<void>
  /** What ends it has been seen. */
  ended(most: { clicks: number; seconds: number }): void
}

/** Begins now. */
export function startTimedTask(): TimedTask {
  const began = performance.now()
  let clicks = 0
  return {
    press: async (target) => {
      await sleep(READ_MS)
      clicks++
      await target.click()
    },
    type: async (page, text) => {
      await sleep(READ_MS)
      await page.keyboard.insertText(text)
    },
    ended: (most) => {
      const seconds = (performance.now() - began) / 1_000
      expect(clicks).toBeLessThanOrEqual(most.clicks)
      expect(seconds).toBeLessThanOrEqual(most.seconds)
    },
  }
}
