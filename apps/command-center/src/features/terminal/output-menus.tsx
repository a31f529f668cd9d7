'use client'

import { Copy, Download } from 'lucide-react'
import { copyText } from '../../ui/browser/copy-text.ts'
import { Menu } from '../../ui/overlay/menu.tsx'
import type { MenuItem } from '../../ui/overlay/menu-item.ts'
import { announce } from '../../ui/toast/announce.ts'
import { toast } from '../../ui/toast/toast.ts'
import { plainOutput } from '../terminal-text/plain-output.ts'
import { saveFile } from './save-file.ts'
import type { TerminalProps } from './terminal-props.ts'
import type { LineRange } from './terminal-session.ts'
import { ToolButton } from './tool-button.tsx'

type OutputMenusProps = Pick<TerminalProps, 'session' | 'fileName' | 'readRaw'> & { selected: LineRange | undefined }

/** Copying and saving, of all the output or of the selected lines. */
export function OutputMenus({ session, fileName, readRaw, selected }: OutputMenusProps) {
  const withOutput = async (work: (raw: readonly string[]) => Promise<void>) => {
    try {
      await work(await readRaw())
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown error'
      toast({ tone: 'error', text: `The output could not be read: ${why}` })
    }
  }
  const copyItems: MenuItem[] = [
    {
      label: 'Copy all',
      onSelect: () => void withOutput(async (raw) => copy((await plainOutput(raw)).join(''), 'Output')),
    },
    ...(selected === undefined
      ? []
      : [{ label: 'Copy selected lines', onSelect: () => void copy(session.selectedText() ?? '', 'Lines') }]),
  ]
  const saveItems: MenuItem[] = [
    {
      label: 'Download as text',
      onSelect: () => void withOutput(async (raw) => saveFile(fileName, await plainOutput(raw))),
    },
    { label: 'Download with colours', onSelect: () => void withOutput(async (raw) => saveFile(fileName, raw)) },
  ]
  return (
    <>
      <Menu
        trigger={
          <ToolButton label="Copy output">
            <Copy aria-hidden="true" />
          </ToolButton>
        }
        items={copyItems}
      />
      <Menu
        trigger={
          <ToolButton label="Download output">
            <Download aria-hidden="true" />
          </ToolButton>
        }
        items={saveItems}
      />
    </>
  )
}

async function copy(text: string, what: string): Promise<void> {
  if (await copyText(text)) announce(`${what} copied`)
  else toast({ tone: 'error', text: 'The browser did not allow copying. Open the output as text and copy it there.' })
}
