'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from '../../ui/browser/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { toast } from '../../ui/toast/toast.ts'

type Digested = Pick<CallView, 'args_digest' | 'effect_digest'>

/** What a decision is bound to. */
export function Digests({ args_digest, effect_digest }: Digested) {
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-xs text-ink-3">
      <Digest name="arguments" digest={args_digest} />
      <Digest name="effect" digest={effect_digest} />
    </p>
  )
}

function Digest({ name, digest }: { name: string; digest: string | undefined }) {
  const [isWhole, setWhole] = useState(false)
  if (digest === undefined) return <span>{name}: no digest</span>
  const copy = async () => {
    const isCopied = await copyText(digest)
    toast(
      isCopied
        ? { tone: 'success', text: `Digest of the ${name} copied.` }
        : { tone: 'error', text: 'The browser did not let the digest be copied.' },
    )
  }
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      {name}
      <button
        type="button"
        aria-expanded={isWhole}
        aria-label={`Digest of the ${name}: ${isWhole ? digest : digest.slice(0, 12)}`}
        title={isWhole ? 'Show the first 12 characters' : 'Show the whole digest'}
        onClick={() => setWhole(!isWhole)}
        className="min-h-6 cursor-pointer rounded-sm font-mono wrap-anywhere text-left hover:text-ink"
      >
        {isWhole ? digest : digest.slice(0, 12)}
      </button>
      <IconButton
        label={`Copy the digest of the ${name}`}
        onClick={() => void copy()}
        className="size-6 [&_svg]:size-3!"
      >
        <Copy aria-hidden="true" />
      </IconButton>
    </span>
  )
}
