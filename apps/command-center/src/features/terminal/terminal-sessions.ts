import { TerminalSession } from './terminal-session.ts'

/** How many terminals that nobody draws are kept as they were left. */
const KEPT = 4

const sessions = new Map<string, { session: TerminalSession; users: number }>()

/** The terminal of this name, as it was left if it still is there. */
export function sessionOf(name: string): TerminalSession {
  const known = sessions.get(name)
  if (known !== undefined) return known.session
  const session = new TerminalSession()
  sessions.set(name, { session, users: 0 })
  return session
}

/** Says that the terminal is drawn; returns how to say that it no longer is. */
export function holdSession(name: string): () => void {
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
}
