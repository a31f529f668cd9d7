'use client'

import { Check, Copy, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from '../../ui/browser/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/overlay/menu.tsx'

const SAID_MS = 1_200

/** Copies a whole message, as text or as it was written. */
export function CopyMenu({ markdown }: { markdown: string }) {
  const [said, setSaid] = useState<'copied' | 'failed' | undefined>(undefined)
  useEffect(() => {
    if (said === undefined) return
    const timer = setTimeout(() => setSaid(undefined), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async (form: 'text' | 'markdown') => {
    const text = form === 'markdown' ? markdown : (await import('./plain-text.ts')).plainText(markdown)
    setSaid((await copyText(text)) ? 'copied' : 'failed')
  }
  const label = said === 'copied' ? 'Copied' : said === 'failed' ? 'The browser did not allow copying' : 'Copy answer'
  return (
    <Menu
      align="start"
      trigger={
        <IconButton label={label}>
          {said === 'copied' && <Check aria-hidden="true" />}
          {said === 'failed' && <X aria-hidden="true" />}
          {said === undefined && <Copy aria-hidden="true" />}
        </IconButton>
      }
      items={[
        { label: 'Copy text', onSelect: () => void copy('text') },
        { label: 'Copy markdown', onSelect: () => void copy('markdown') },
      ]}
    />
  )
}
