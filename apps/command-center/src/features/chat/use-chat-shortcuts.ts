'use client'

import { useEffect } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { singleKeysKey } from '../settings/appearance.ts'
import { createShortcutReader } from '../shortcuts/read-shortcut.ts'

type ChatKeys = {
  /** Undefined while nothing runs. */
  stop: (() => void) | undefined
  /** False when no call waits here: the key then means what it means elsewhere. */
  goToWaiting: () => boolean
}

/** The keys of a chat. The page's own keys come after, and leave what was taken here. */
export function useChatShortcuts({ stop, goToWaiting }: ChatKeys): void {
  const [hasSingleKeys] = useStored(singleKeysKey, true)
  useEffect(() => {
    const readShortcut = createShortcutReader()
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return
      if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === '.') {
        if (stop === undefined) return
        event.preventDefault()
        stop()
        return
      }
      const isField = event.target instanceof Element && event.target.closest('input, textarea, select') !== null
      const shortcut = readShortcut(event, { takesLetters: hasSingleKeys && !isField })
      if (shortcut === 'go-to-approvals' && goToWaiting()) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [hasSingleKeys, stop, goToWaiting])
}
