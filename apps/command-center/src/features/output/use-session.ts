'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { BlobRef } from '@fairlead/contract/call/call'
import { useEffect, useMemo } from 'react'
import { useLiveOutput } from '../conversation/conversations-provider.tsx'
import type { OutputOfCall } from '../conversation/live-output.ts'
import type { TerminalSession } from '../terminal/terminal-session.ts'
import { sessionsOf } from './terminal-sessions.ts'
import { useOutputAnnouncements } from './use-output-announcements.ts'

type LiveParts = {
  output: OutputOfCall | undefined
  /** What the record kept, where nothing came live. */
  storedText: string | undefined
  /** What the result has more. */
  rest: string | undefined
  isEnded: boolean
}

/** The terminal of what a call wrote while it ran. */
export function useLiveSession(call: CallView, { output, storedText, rest, isEnded }: LiveParts): TerminalSession {
  const session = useSession(call.call_id, 'live')
  useEffect(() => {
    if (output === undefined) return
    session.takePieces(output.pieces, { dropped: output.dropped })
  }, [session, output])
  useEffect(() => {
    if (output === undefined && storedText !== undefined) session.takeOnce('stored', storedText)
  }, [session, output, storedText])
  useEffect(() => {
    if (rest !== undefined) session.takeOnce('rest', `${session.endsInLine ? '\n' : ''}${rest}`)
  }, [session, rest])
  useOutputAnnouncements(session, { title: call.title || call.tool, isLive: !isEnded })
  return session
}

const leftOut = /\n\[… [\d,.]+ characters left out; [^\]\n]*…\]\n/

/** The terminal of a text that is there. A text that came as head and tail says between them what is left out. */
export function useTextSession(
  { callId, part }: { callId: string; part: string },
  text: string,
  cut: BlobRef | undefined,
): TerminalSession {
  const session = useSession(callId, part)
  useEffect(() => {
    session.isFollowing = false
    const gap = cut === undefined ? null : leftOut.exec(text)
    if (gap === null || cut === undefined) {
      session.takeOnce('text', text)
      return
    }
    session.takeOnce('head', text.slice(0, gap.index))
    const shown = new Blob([text]).size - new Blob([gap[0]]).size
    session.takeNoteOnce(
      'cut',
      `${Math.max(1, Math.round((cut.bytes - shown) / 1024)).toLocaleString('en')} KB left out`,
    )
    session.takeOnce('tail', text.slice(gap.index + gap[0].length))
  }, [session, text, cut])
  return session
}

function useSession(callId: string, part: string): TerminalSession {
  const sessions = sessionsOf(useLiveOutput())
  const session = useMemo(() => sessions.get(callId, part), [sessions, callId, part])
  useEffect(() => sessions.hold(callId, part), [sessions, callId, part])
  return session
}
