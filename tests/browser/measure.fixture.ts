import { strict as assert } from 'node:assert'
import type { Browser, Page } from '@playwright/test'

/** What a person would have felt, since `startMeasuring`; times are the processor's, which work beside it changes little. */
export type Felt = {
  /** The longest task of the page. */
  longestTaskMs: number
  /** From a key or a press until the page with its effect was painted: the longest that the page was busy. */
  slowestAnswerMs: number
  /** What the page's scripts hold in memory once everything that can go has gone. */
  heapMb: number
}

declare module 'vitest' {
  interface TaskMeta {
    /** The bench of the page holds it against its bars: a test that shares its cores with others can not. */
    felt?: Felt
  }
}

const START = 'measuring'

/** For tests that measure. */
export const measuring = { timeout: 180_000 } as const

/** One page at a time. */
export async function startMeasuring(page: Page): Promise<void> {
  // One that failed before may have left its own.
  await browserOf(page)
    .stopTracing()
    .catch(() => {})
  await browserOf(page).startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  await page.evaluate(`(() => {
    window.answers = []
    new PerformanceObserver((list) => {
      for (const { name, startTime, duration, interactionId } of list.getEntries()) {
        if (interactionId) answers.push({ name, startTime, duration })
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })
    window.measuringSince = performance.mark('${START}').startTime
  })()`)
}

export async function measured(page: Page): Promise<Felt> {
  const { traceEvents } = JSON.parse((await browserOf(page).stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const answers = await page.evaluate<Answer[]>('answers')
  const since = await page.evaluate<number>('measuringSince')
  const mark = traceEvents.find(({ name }) => name === START)
  assert(mark !== undefined, 'the trace has the moment when it began')
  const tasks = traceEvents.filter(
    ({ name, tid, pid }) => name === 'ThreadControllerImpl::RunTask' && tid === mark.tid && pid === mark.pid,
  )
  assert(tasks.length > 100, 'the trace has the tasks of the page')
  const longest = tasks.map(({ tdur = 0 }) => Math.round(tdur / 1000)).toSorted((one, other) => other - one)
  assert(answers.length > 0, 'the page noticed keys and presses')
  const busy = answers.map((answer) => busyWith(answer, tasks, mark.ts / 1000 - since))
  console.info(`the longest of ${tasks.length} tasks: ${longest.slice(0, 5).join(', ')} ms of the processor`)
  return {
    longestTaskMs: longest[0] ?? 0,
    slowestAnswerMs: Math.max(...busy),
    heapMb: await heapOf(page),
  }
}

/** A key or a press, from when it was made to when the page with its effect was painted; milliseconds of the page. */
type Answer = { name: string; startTime: number; duration: number }

/** For how many milliseconds the page's thread was on a processor between a press and the paint of its effect. */
function busyWith({ startTime, duration }: Answer, tasks: readonly TraceEvent[], offset: number): number {
  const [from, to] = [startTime + offset, startTime + duration + offset]
  const busy = tasks.reduce((sum, { ts, dur = 0, tdur = 0 }) => {
    const shared = Math.min(to, (ts + dur) / 1000) - Math.max(from, ts / 1000)
    return shared <= 0 || dur === 0 ? sum : sum + (shared / (dur / 1000)) * (tdur / 1000)
  }, 0)
  return Math.round(busy)
}

/** In microseconds; `tdur`: time of the thread on a processor. */
type TraceEvent = { name: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }

function browserOf(page: Page): Browser {
  const browser = page.context().browser()
  assert(browser !== null)
  return browser
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return Math.round(usedSize / 1024 / 1024)
}

/** Of a chat with 2,000 messages and 100,000 lines of output. */
export const HEAP_MB = 300
