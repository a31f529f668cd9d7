import { strict as assert } from 'node:assert'
import type { Browser, Page } from '@playwright/test'

/** What a person would have felt, since `startMeasuring`. */
export type Felt = {
  /** Tasks that kept the page busy for longer than 50 ms, in milliseconds of the processor. */
  longTasks: number[]
  /** Presses and keys whose effect was painted too late, and after how many milliseconds. */
  lateAnswers: [name: string, ms: number][]
}
export const nothingFelt: Felt = { longTasks: [], lateAnswers: [] }

/**
 * How long an answer to a key or a press may take. Beside other tests on the same two cores, time passes in which the
 * page was not even let work: there only a page that stands still is found.
 */
const ANSWER_MS = process.env.FAIRLEAD_FULL === '1' ? 100 : 1_000
const TASK_MS = 50

/** For tests that measure: what others take makes a good run bad, and never a bad one good. */
export const measuring = { timeout: 180_000, retry: 2 } as const

/** One page at a time. */
export async function startMeasuring(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.lateAnswers = []
    new PerformanceObserver((list) => {
      for (const { name, duration, interactionId } of list.getEntries()) {
        if (interactionId && duration > ${ANSWER_MS}) lateAnswers.push([name, duration])
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })
  })()`)
  await browserOf(page).startTracing(page, { categories: ['toplevel'] })
}

export async function measured(page: Page): Promise<Felt> {
  const { traceEvents } = JSON.parse((await browserOf(page).stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const tasks = traceEvents.filter(({ name, tid, pid }) => {
    return name === 'ThreadControllerImpl::RunTask' && threads.some((it) => it.tid === tid && it.pid === pid)
  })
  assert(tasks.length > 100, 'the trace has the tasks of the page')
  const long = tasks.map(({ tdur = 0 }) => Math.round(tdur / 1000)).filter((ms) => ms > TASK_MS)
  return { longTasks: long, lateAnswers: await page.evaluate<Felt['lateAnswers']>('lateAnswers') }
}

/** `tdur`: time of the thread on a processor, in microseconds. */
type TraceEvent = { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } }

function browserOf(page: Page): Browser {
  const browser = page.context().browser()
  assert(browser !== null)
  return browser
}

/** What the page's scripts hold in memory once everything that can go has gone, in megabytes. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return Math.round(usedSize / 1024 / 1024)
}

/** Of a chat with 2,000 messages and 100,000 lines of output. */
export const HEAP_MB = 300
