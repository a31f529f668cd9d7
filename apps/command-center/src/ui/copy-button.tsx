'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from './browser/copy-text.ts'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'

type CopyButtonProps = { label: string; text: () => string; isTextShown?: boolean; className?: string }

/** Says for two seconds that it did. */
export function CopyButton({ label, text, isTextShown = false, className }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | undefined>(undefined)
  useEffect(() => {
    if (result === undefined) return
    const timer = setTimeout(() => setResult(undefined), 2_000)
    return () => clearTimeout(timer)
  }, [result])
  const copy = async () => setResult((await copyText(text())) ? 'copied' : 'failed')
  const name = result === 'copied' ? 'Copied' : result === 'failed' ? 'The browser did not allow copying' : label
  const icon = result === 'copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />
  if (!isTextShown) {
    return (
      <IconButton label={name} onClick={() => void copy()} className={className}>
        {icon}
      </IconButton>
    )
  }
  return (
    <Button variant="quiet" size="s" onClick={() => void copy()} className={`[&_svg]:size-3.5 ${className ?? ''}`}>
      {icon}
      {name}
    </Button>
  )
}
