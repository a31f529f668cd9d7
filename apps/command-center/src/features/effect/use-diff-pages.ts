'use client'

import { useEffect, useRef, useState } from 'react'
import { api } from '../../api.ts'
import type { KnownEffect } from './known-effect.ts'

export type DiffPage = { lines: string[]; total: number | undefined; isReading: boolean; error: string | undefined }

const PAGE = 500
const ALL = 2000
/** With more objects than this, each is read on request. */
const READ_AT_ONCE = 5

const nothingYet: DiffPage = { lines: [], total: undefined, isReading: false, error: undefined }

/**
 * Diffs that were too large to come with the effect, page by page.
 * @param onUnread called with why a part could not be read, and with undefined once all is read
 */
export function useDiffPages(
  callId: string,
  digest: string | undefined,
  effect: KnownEffect,
  onUnread: ((why: string | undefined) => void) | undefined,
) {
  const key = `${callId} ${digest ?? ''}`
  const [state, setState] = useState<{ key: string; pages: Readonly<Record<number, DiffPage>> }>({ key, pages: {} })
  const pages = state.key === key ? state.pages : {}
  const isAlive = useRef(true)
  const keep = (object: number, page: DiffPage) =>
    isAlive.current && setState((now) => ({ key, pages: { ...(now.key === key ? now.pages : {}), [object]: page } }))

  const read = async (object: number, whole = false): Promise<void> => {
    let page = pages[object] ?? nothingYet
    if (page.isReading) return
    keep(object, { ...page, isReading: true, error: undefined })
    try {
      do {
        const query = { object, from: page.lines.length, lines: whole ? ALL : PAGE }
        const { lines, total } = await api.call('GET /approvals/:call_id/diff', { params: { call_id: callId }, query })
        if (lines.length === 0 && page.lines.length < total) throw new Error('the diff ends before its last line')
        page = { lines: [...page.lines, ...lines], total, isReading: false, error: undefined }
      } while (whole && isAlive.current && page.lines.length < (page.total ?? 0))
      keep(object, page)
    } catch (error) {
      keep(object, { ...page, isReading: false, error: error instanceof Error ? error.message : String(error) })
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever a page has come, or could not
  useEffect(() => {
    const all = Object.values(pages)
    const why = all.find(({ error }) => error !== undefined)?.error
    const isSettled = all.length > 0 && !all.some(({ isReading }) => isReading)
    if (why !== undefined || isSettled) onUnread?.(why)
  }, [state])

  const missing = effect.isDiffOmitted
    ? effect.objects.flatMap(({ diff }, index) => (diff === undefined ? [index] : []))
    : []
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each effect
  useEffect(() => {
    isAlive.current = true
    for (const object of missing.slice(0, READ_AT_ONCE)) void read(object)
    return () => {
      isAlive.current = false
    }
  }, [key])
  return { pageOf: (object: number) => (missing.includes(object) ? (pages[object] ?? nothingYet) : undefined), read }
}
