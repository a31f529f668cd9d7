'use client'

import { type RefObject, useEffect } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { singleKeysKey } from '../settings/appearance.ts'
import { neighbour } from './next-call.ts'

/** `j` and `k` move the focus from row to row; Enter then opens, as on every link. */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  const [hasSingleKeys] = useStored(singleKeysKey, true)
  useEffect(() => {
    if (!hasSingleKeys) return
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event
      if ((key !== 'j' && key !== 'k') || ctrlKey || metaKey || altKey || shiftKey || isComposing) return
      const isField =
        target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select') !== null
      if (isField || document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return
      const rows = [...(list.current?.querySelectorAll<HTMLElement>('a[data-call]') ?? [])]
      const from = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.call : undefined
      const ids = rows.flatMap(({ dataset }) => dataset.call ?? [])
      const to = neighbour(ids, from, key === 'j' ? 1 : -1)
      const row = rows.find(({ dataset }) => dataset.call === to)
      if (row === undefined) return
      event.preventDefault()
      row.focus()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [hasSingleKeys, list])
}
