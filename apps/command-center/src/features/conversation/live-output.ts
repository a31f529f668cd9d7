/** A piece of what a running call has written, as it came: lines are the reader's business. */
export type OutputPiece = {
  /** Counts a call's pieces and its notices of progress together. */
  seq: number
  stream: 'stdout' | 'stderr'
  text: string
  at: number
  /** How many pieces or notices should have come before this one and did not. */
  missing?: number
}

export type OutputOfCall = {
  /** In the order of `seq`. The same array grows; read on from the last index that you know while `dropped` stays. */
  readonly pieces: readonly OutputPiece[]
  /** One more with each change. */
  readonly version: number
  /** How many of the oldest pieces are gone, as the tab holds only so much. */
  readonly dropped: number
  /** Of all pieces that are there. */
  readonly characters: number
  /** The last notice of progress. */
  readonly status: { text: string; at: number } | undefined
  /** When the call ended; undefined while it runs. */
  readonly endedAt: number | undefined
}

export type LiveOutput = {
  /** Undefined where nothing came. */
  read(callId: string): OutputOfCall | undefined
  subscribe(callId: string, listener: () => void): () => void
  /** Hears of calls whose output is let go of for good, with the conversation that they belong to. */
  onForgotten(listener: (callIds: readonly string[]) => void): void
}

export type LiveOutputWriter = LiveOutput & {
  append(callId: string, pieces: readonly OutputPiece[]): void
  say(callId: string, status: { text: string; at: number }): void
  end(callId: string, at: number): void
  forget(callIds: readonly string[]): void
}

const MAX_CHARACTERS = 64 * 1024 * 1024

type Buffer = {
  pieces: OutputPiece[]
  version: number
  dropped: number
  status: { text: string; at: number } | undefined
  endedAt: number | undefined
  characters: number
}

/** Live output of all calls of a tab. Beyond the bound the buffers of ended calls go first, then the oldest pieces. */
export function createLiveOutput({ bound = MAX_CHARACTERS }: { bound?: number } = {}): LiveOutputWriter {
  const buffers = new Map<string, Buffer>()
  const listeners = new Map<string, Set<() => void>>()
  const forgetting = new Set<(callIds: readonly string[]) => void>()
  let size = 0

  const of = (callId: string): Buffer => {
    const known = buffers.get(callId)
    if (known !== undefined) return known
    const made = { pieces: [], version: 0, dropped: 0, status: undefined, endedAt: undefined, characters: 0 }
    buffers.set(callId, made)
    return made
  }
  const changed = (callId: string, changes: Partial<Buffer>) => {
    // A new object each time, so that a reader who compares sees the change.
    const before = of(callId)
    buffers.set(callId, { ...before, ...changes, version: before.version + 1 })
    for (const listener of listeners.get(callId) ?? []) listener()
  }
  const drop = (callId: string) => {
    size -= buffers.get(callId)?.characters ?? 0
    buffers.delete(callId)
    for (const listener of listeners.get(callId) ?? []) listener()
  }
  const dropOldest = (writing: string) => {
    for (const [callId, buffer] of buffers) {
      if (size <= bound) return
      if (buffer.endedAt !== undefined && callId !== writing) drop(callId)
    }
    for (const [callId, buffer] of buffers) {
      if (size <= bound) return
      let gone = 0
      let count = 0
      // A tenth more than is needed, so that not every piece copies all the others.
      while (count < buffer.pieces.length - 1 && size - gone > bound * 0.9)
        gone += buffer.pieces[count++]?.text.length ?? 0
      if (count === 0) continue
      size -= gone
      const pieces = buffer.pieces.slice(count)
      changed(callId, { pieces, dropped: buffer.dropped + count, characters: buffer.characters - gone })
    }
  }
  return {
    read: (callId) => buffers.get(callId),
    subscribe: (callId, listener) => {
      const own = listeners.get(callId) ?? new Set()
      listeners.set(callId, own.add(listener))
      return () => {
        own.delete(listener)
        if (own.size === 0 && listeners.get(callId) === own) listeners.delete(callId)
      }
    },
    append: (callId, pieces) => {
      const buffer = of(callId)
      let last = buffer.pieces.at(-1)?.seq ?? 0
      let added = 0
      for (const piece of pieces) {
        if (piece.seq <= last) continue
        buffer.pieces.push(piece)
        last = piece.seq
        added += piece.text.length
      }
      if (added === 0) return
      size += added
      changed(callId, { characters: buffer.characters + added, endedAt: undefined })
      if (size > bound) dropOldest(callId)
    },
    say: (callId, status) => changed(callId, { status }),
    end: (callId, at) => {
      if (buffers.has(callId) && buffers.get(callId)?.endedAt === undefined) changed(callId, { endedAt: at })
    },
    forget: (callIds) => {
      for (const callId of callIds) drop(callId)
      for (const listener of forgetting) listener(callIds)
    },
    onForgotten: (listener) => void forgetting.add(listener),
  }
}
