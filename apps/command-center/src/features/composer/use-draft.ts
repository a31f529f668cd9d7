'use client'

import { useCallback, useEffect, useState } from 'react'
import { readDraft, writeDraft } from './drafts.ts'

/** Text that was not sent, kept for the tab. The key is the conversation's id, or `home`. */
export function useDraft(key: string): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState('')
  useEffect(() => setText((typed) => (typed === '' ? readDraft(key) : typed)), [key])
  const change = useCallback(
    (next: string) => {
      setText(next)
      writeDraft(key, next)
    },
    [key],
  )
  return [text, change]
}
