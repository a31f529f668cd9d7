export type LogLine = { at: number; text: string }
type Instance = { lines: LogLine[]; followers: Set<(line: LogLine | undefined) => void> }

/** Lines kept of one run of a container. */
const LONGEST = 2_000

/** What containers have said: of the present and of the previous run of each. Not kept over a restart of the sandbox. */
export class PodLogs {
  readonly #current = new Map<string, Instance>()
  readonly #previous = new Map<string, Instance>()

  /** A container starts, again or for the first time. */
  begin(uid: string, container: string): void {
    const key = keyOf(uid, container)
    const before = this.#current.get(key)
    if (before) {
      this.end(uid, container)
      this.#previous.set(key, before)
    }
    this.#current.set(key, { lines: [], followers: new Set() })
  }

  say(uid: string, container: string, line: LogLine): void {
    const instance = this.#current.get(keyOf(uid, container))
    if (instance === undefined) return
    instance.lines.push(line)
    if (instance.lines.length > LONGEST) instance.lines.splice(0, instance.lines.length - LONGEST)
    for (const follower of instance.followers) follower(line)
  }

  /** Ends the log, and with it all that follow it. */
  end(uid: string, container: string): void {
    const instance = this.#current.get(keyOf(uid, container))
    for (const follower of instance?.followers ?? []) follower(undefined)
    instance?.followers.clear()
  }

  lines(uid: string, container: string, { previous = false } = {}): readonly LogLine[] | undefined {
    return (previous ? this.#previous : this.#current).get(keyOf(uid, container))?.lines
  }

  /** Calls `listener` with each new line, and with `undefined` at the end. Returns a function that stops it. */
  follow(uid: string, container: string, listener: (line: LogLine | undefined) => void): () => void {
    const followers = this.#current.get(keyOf(uid, container))?.followers
    followers?.add(listener)
    return () => followers?.delete(listener)
  }

  forget(uid: string): void {
    for (const instances of [this.#current, this.#previous]) {
      for (const key of instances.keys()) if (key.startsWith(`${uid}/`)) instances.delete(key)
    }
  }
}

function keyOf(uid: string, container: string): string {
  return `${uid}/${container}`
}
