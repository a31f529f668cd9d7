import type { ReactNode } from 'react'
import type { TerminalSession } from './terminal-session.ts'

export type TerminalProps = {
  session: TerminalSession
  /** Of the call: the region is "Output of" it. */
  title: string
  fileName: string
  /** More may come. */
  isLive: boolean
  /** All that was written, as it was sent. */
  readRaw: () => Promise<readonly string[]>
  /** Above the text, as the notice of progress is. */
  head?: ReactNode
  /** Below the text. */
  foot?: ReactNode
  isFullSize?: boolean
  onFullSize?: () => void
}
