'use client'

import { Check, Copy } from 'lucide-react'
import { Content, Item, Portal, Root, Trigger } from 'radix-ui/dropdown-menu'
import { useEffect, useState } from 'react'
import { copyText } from '../../ui/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'

type Form = 'text' | 'markdown'

/** Copies a whole message; says so for a moment, then closes. */
export function CopyMenu({ markdown }: { markdown: string }) {
  const [isOpen, setOpen] = useState(false)
  const [done, setDone] = useState<{ form: Form; isCopied: boolean } | undefined>(undefined)
  useEffect(() => {
    if (done === undefined) return
    const timer = setTimeout(() => {
      setOpen(false)
      setDone(undefined)
    }, 1_200)
    return () => clearTimeout(timer)
  }, [done])

  const copy = async (form: Form) => {
    const text = form === 'markdown' ? markdown : (await import('./plain-text.ts')).plainText(markdown)
    setDone({ form, isCopied: await copyText(text) })
  }
  const item = (form: Form, label: string) => {
    const said = done?.form === form ? (done.isCopied ? 'Copied' : 'The browser did not allow copying') : label
    return (
      <Item
        onSelect={(event) => {
          event.preventDefault()
          void copy(form)
        }}
        className="flex h-8 cursor-pointer items-center gap-2 rounded-s px-2 text-sm outline-none select-none data-highlighted:bg-ink/6 [&_svg]:size-3.5 [&_svg]:text-ink-3"
      >
        {said === 'Copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        {said}
      </Item>
    )
  }
  return (
    <Root open={isOpen} onOpenChange={setOpen} modal={false}>
      <Trigger asChild>
        <IconButton label="Copy answer">
          <Copy aria-hidden="true" />
        </IconButton>
      </Trigger>
      <Portal>
        <Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-m border border-line bg-raised p-1 shadow-card motion-safe:animate-fade-in"
        >
          {item('text', 'Copy text')}
          {item('markdown', 'Copy markdown')}
        </Content>
      </Portal>
    </Root>
  )
}
