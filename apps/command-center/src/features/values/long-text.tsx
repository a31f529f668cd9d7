'use client'

import { useState } from 'react'
import { copyText } from '../../ui/browser/copy-text.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { toast } from '../../ui/toast/toast.ts'
import { VisibleText } from './visible-text.tsx'

/** Longer texts are cut at first. */
const MAX_LINES = 200

type LongTextProps = {
  label: string
  text: string
  fileName: string
  /** Where `text` is head and tail of more. */
  loadWhole?: () => Promise<string>
}

/** Text from a machine that is no terminal output: JSON, YAML, a sentence. */
export function LongText({ label, text, fileName, loadWhole }: LongTextProps) {
  const [whole, setWhole] = useState<string>()
  const [isOpen, setOpen] = useState(false)
  const [isLoading, setLoading] = useState(false)
  const shown = whole ?? text
  const lines = shown.split('\n')
  const isCut = lines.length > MAX_LINES && !isOpen
  const isLong = lines.length > MAX_LINES || loadWhole !== undefined
  const withWhole = async (use: (text: string) => void) => {
    if (whole !== undefined || loadWhole === undefined) return use(shown)
    setLoading(true)
    try {
      const loaded = await loadWhole()
      setWhole(loaded)
      use(loaded)
    } catch (error) {
      toast({ tone: 'error', text: `The whole text could not be read: ${(error as Error).message}` })
    } finally {
      setLoading(false)
    }
  }
  const copy = (it: string) => void copyText(it).then((isDone) => toast(isDone ? copied : notCopied))
  return (
    <div className="flex flex-col gap-1.5">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className={cx(
          'max-h-120 overflow-auto rounded-md border border-line bg-sunken px-2.5 py-1.5',
          'font-mono text-[12.2px] leading-relaxed wrap-anywhere whitespace-pre-wrap',
        )}
      >
        <VisibleText text={isCut ? lines.slice(0, MAX_LINES).join('\n') : shown} />
      </section>
      {isLong && (
        <div className="flex flex-wrap gap-1.5">
          {(isCut || (loadWhole !== undefined && whole === undefined)) && (
            <Button size="s" isBusy={isLoading} onClick={() => void withWhole(() => setOpen(true))}>
              {loadWhole !== undefined && whole === undefined ? 'Show all' : `Show all (${lines.length} lines)`}
            </Button>
          )}
          <Button variant="quiet" size="s" onClick={() => void withWhole(copy)}>
            Copy text
          </Button>
          <Button variant="quiet" size="s" onClick={() => void withWhole((it) => save(it, fileName))}>
            Download text
          </Button>
        </div>
      )}
    </div>
  )
}

const copied = { tone: 'success', text: 'Text copied.' } as const
const notCopied = { tone: 'error', text: 'The browser did not let the text be copied.' } as const

function save(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
