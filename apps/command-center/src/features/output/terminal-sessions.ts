import type { LiveOutput } from '../conversation/live-output.ts'
import { TerminalSession } from '../terminal/terminal-session.ts'

/** How many terminals that nobody draws are kept as they were left. */
const KEPT = 4

/** Terminals of a tab. Those of a conversation go with it. */
export type TerminalSessions = {
  /** The terminal of this part of a call, as it was left if it still is there. */
  get(callId: string, part: string): TerminalSession
  /** Says that the terminal is drawn; returns how to say that it no longer is. */
  hold(callId: string, part: string): () => void
}

const ofOutput = new WeakMap<LiveOutput, TerminalSessions>()

export function sessionsOf(output: LiveOutput): TerminalSessions {
  const known = ofOutput.get(output)
  if (known !== undefined) return known
  const made = createSessions(output)
  ofOutput.set(output, made)
  return made
}

function createSessions(output: LiveOutput): TerminalSessions {
  const sessions = new Map<string, { callId: string; session: TerminalSession; users: number }>()
  output.onForgotten((callIds) => {
    const forgotten = new Set(callIds)
    // One that is still drawn is kept by what draws it.
    for (const [name, { callId }] of sessions) if (forgotten.has(callId)) sessions.delete(name)
  })
  return {
    get: (callId, part) => {
      const name = `${callId}:${part}`
      const known = sessions.get(name)
      if (known !== undefined) return known.session
      const session = new TerminalSession()
      sessions.set(name, { callId, session, users: 0 })
      return session
    },
    hold: (callId, part) => {
      const name = `${callId}:${part}`
      const entry = sessions.get(name)
      if (entry === undefined) return () => {}
      entry.users += 1
      return () => {
        entry.users -= 1
        // The last one left is the last one to go.
        if (entry.users === 0 && sessions.get(name) === entry) {
          sessions.delete(name)
          sessions.set(name, entry)
        }
        const idle = [...sessions].filter(([, { users }]) => users === 0)
        for (const [idleName] of idle.slice(0, Math.max(0, idle.length - KEPT))) sessions.delete(idleName)
      }
    },
  }
}
