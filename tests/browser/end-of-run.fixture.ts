import { strict as assert } from 'node:assert'
import type { Page } from '@playwright/test'

/** When, by the page's own clock, what ended a run came and what was drawn of it was at rest. In milliseconds. */
type Times = {
  /** The last piece of the run's stream. */
  pieceAt?: number
  /** The end of that stream. */
  endAt?: number
  /** Since when nothing spins and the words are there. */
  restAt?: number
}

/** Before the page is opened: notes when a stream of `POST /agent/chat` ends, and when the page says `words` of it. */
export async function watchEnd(page: Page, words: RegExp): Promise<void> {
  await page.addInitScript(`(() => {
    const times = window.times = {}
    const { fetch } = window
    window.fetch = async (...args) => {
      const answer = await fetch(...args)
      if (!String(args[0]?.url ?? args[0]).endsWith('/agent/chat')) return answer
      const noted = new TransformStream({
        transform: (piece, out) => { times.pieceAt = performance.now(); out.enqueue(piece) },
        flush: () => { times.endAt = performance.now() },
      })
      return new Response(answer.body.pipeThrough(noted), answer)
    }
    const spins = (button) => /^(Stop run|Stopping|Thinking)/.test(button.ariaLabel ?? button.textContent)
    new MutationObserver(() => {
      const isAtRest = ${words}.test(document.body?.textContent ?? '') &&
        ![...document.querySelectorAll('button')].some(spins) &&
        !document.body.textContent.includes('Waiting for the model')
      if (!isAtRest) delete times.restAt
      else times.restAt ??= performance.now()
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
  })()`)
}

/** From the arrival of the error, or of the end of the stream where there was none, to the page at rest. */
export async function endedWithin(page: Page, from: 'error' | 'end'): Promise<number> {
  const { pieceAt, endAt, restAt } = await page.evaluate<Times>('times')
  const came = from === 'error' ? pieceAt : endAt
  assert(came !== undefined && restAt !== undefined, `seen at ${came}, at rest at ${restAt}`)
  return restAt - came
}
