'use client'

import { ArrowDown, ArrowUp, Pencil, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Tooltip } from '../../ui/overlay/tooltip.tsx'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import type { QueueItem } from '../conversation/live-state.ts'
import { useLive } from '../conversation/use-live-conversation.ts'

/** Texts that are sent one after the other, once no run is active and nothing waits for a decision. */
export function QueueBar({ live }: { live: LiveConversation }) {
  const { items, isHeld } = useLive(live, (it) => it.queue)
  const [editing, setEditing] = useState<string | undefined>(undefined)
  return (
    <section aria-label="Queue" className="rounded-lg border border-line bg-surface text-sm">
      <div className="flex min-h-8 items-center gap-2 py-1 pr-1.5 pl-3.5">
        <p className="min-w-0 flex-1 text-ink-2">
          {items.length} queued
          {isHeld && ', held after an error'}
        </p>
        {isHeld && (
          <Button size="s" onClick={() => live.queue.release()}>
            Send queue
          </Button>
        )}
      </div>
      <ol className="max-h-40 divide-y divide-line overflow-y-auto border-t border-line">
        {items.map((item, index) => (
          <li key={item.id} className="flex min-h-8 items-center gap-1 py-0.5 pr-1.5 pl-3.5">
            {editing === item.id ? (
              <EditItem
                item={item}
                onDone={(text) => {
                  if (text !== undefined) live.queue.edit(item.id, text)
                  setEditing(undefined)
                }}
              />
            ) : (
              <>
                <Tooltip text={item.text}>
                  <span className="min-w-0 flex-1 truncate">{item.text}</span>
                </Tooltip>
                {items.length > 1 && (
                  <>
                    <IconButton
                      label="Move up"
                      disabled={index === 0}
                      onClick={() => live.queue.move(item.id, index - 1)}
                    >
                      <ArrowUp aria-hidden="true" />
                    </IconButton>
                    <IconButton
                      label="Move down"
                      disabled={index === items.length - 1}
                      onClick={() => live.queue.move(item.id, index + 1)}
                    >
                      <ArrowDown aria-hidden="true" />
                    </IconButton>
                  </>
                )}
                <IconButton label="Edit" onClick={() => setEditing(item.id)}>
                  <Pencil aria-hidden="true" />
                </IconButton>
                <WordButton label="Send now" onClick={() => live.queue.sendNow(item.id)}>
                  <SendHorizontal aria-hidden="true" className="size-4" />
                </WordButton>
                <WordButton label="Remove" onClick={() => live.queue.remove(item.id)}>
                  <X aria-hidden="true" className="size-4" />
                </WordButton>
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Its word where there is room for it, else its icon. */
function WordButton({ label, onClick, children }: { label: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <Button variant="quiet" size="s" aria-label={label} title={label} onClick={onClick}>
      {children}
      <span className="hidden sm:inline">{label}</span>
    </Button>
  )
}

function EditItem({ item, onDone }: { item: QueueItem; onDone: (text: string | undefined) => void }) {
  const [text, setText] = useState(item.text)
  const save = () => onDone(text.trim() === '' ? undefined : text.trim())
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      save()
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      onDone(undefined)
    }
  }
  return (
    <>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit it
        autoFocus
        rows={1}
        aria-label="Queued message"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-32 min-w-0 flex-1 resize-none rounded-sm border border-line-strong bg-bg px-2 py-1"
      />
      <Button size="s" onClick={save}>
        Save text
      </Button>
      <Button variant="quiet" size="s" onClick={() => onDone(undefined)}>
        Cancel
      </Button>
    </>
  )
}
