'use client'

import { useIsMac } from '../../ui/browser/use-is-mac.ts'
import { useStored } from '../../ui/browser/use-stored.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Dialog } from '../../ui/overlay/dialog.tsx'
import { singleKeysKey } from '../settings/appearance.ts'

type Row = { keys: readonly string[]; text: string; isSingleLetter?: true }
type Group = { name: string; rows: readonly Row[] }

const groups: readonly Group[] = [
  {
    name: 'Everywhere',
    rows: [
      { keys: ['Mod', 'K'], text: 'Search the chats' },
      { keys: ['Mod', 'Shift', 'O'], text: 'New chat' },
      { keys: ['Mod', 'B'], text: 'Open or close the sidebar' },
      { keys: ['Esc'], text: 'Close or clear' },
      { keys: ['G', 'A'], text: 'Go to what waits for approval', isSingleLetter: true },
      { keys: ['?'], text: 'This list', isSingleLetter: true },
    ],
  },
  {
    name: 'Chat',
    rows: [
      { keys: ['Enter'], text: 'Send' },
      { keys: ['Shift', 'Enter'], text: 'New line' },
      { keys: ['↑'], text: 'Recall the last message' },
      { keys: ['Mod', '.'], text: 'Stop the run' },
    ],
  },
  {
    name: 'Approvals',
    rows: [
      { keys: ['J'], text: 'Next row', isSingleLetter: true },
      { keys: ['K'], text: 'Previous row', isSingleLetter: true },
      { keys: ['Enter'], text: 'Open the row' },
    ],
  },
  {
    name: 'Terminal output',
    rows: [
      { keys: ['Mod', 'F'], text: 'Search in it' },
      { keys: ['End'], text: 'Follow the end' },
    ],
  },
]

export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const isMac = useIsMac()
  const [hasSingleKeys, setSingleKeys] = useStored(singleKeysKey, true)
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts" size="m">
      <div className="columns-1 gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group.name} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-xs font-medium text-ink-3">{group.name}</h3>
            <dl>
              {group.rows.map((row) => (
                <div
                  key={row.text}
                  className={`flex min-h-7 items-center justify-between gap-3 text-sm ${row.isSingleLetter === true && !hasSingleKeys ? 'text-ink-3 line-through' : 'text-ink-2'}`}
                >
                  <dt>{row.text}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {row.keys.map((key) => (
                      <Kbd key={key}>{keyName(key, isMac)}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Checkbox
        className="w-full border-t border-line pt-3"
        label="Single-letter keys"
        checked={hasSingleKeys}
        onChange={(event) => setSingleKeys(event.target.checked)}
      />
    </Dialog>
  )
}

export function keyName(key: string, isMac: boolean): string {
  if (key === 'Mod') return isMac ? '⌘' : 'Ctrl'
  if (key === 'Shift' && isMac) return '⇧'
  return key
}
