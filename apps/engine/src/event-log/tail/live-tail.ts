/** An encoded event: `data` is its JSON on one line, `id` its position in the stream. */
export type TailEntry = { readonly id: number; readonly type: string; readonly data: string }

/** What a reader of a tail is given, until it is `lost`. */
export type Batches = AsyncIterable<readonly TailEntry[] | 'lost'>

/**
 * The live side of runs: one ordered stream of encoded events under a key (`run:<run_id>`), written by the engine that
 * owns the run and read by any. Ids follow each other without a gap; only a take-over that found no tail leaves one.
 * What is lost here stands in the record, so nothing of this ever holds up or fails a run.
 */
export type LiveTail = {
  /**
   * Hands entries over at once and in order; readers see those of one call together. Never throws for a tail that
   * cannot be written: its readers notice the gap. An id not above the newest one, or a take-over by another engine,
   * means that it owns the run: `onFenced` is told, and what is pushed under this key goes nowhere until `takeOver`.
   */
  push(key: string, ...entries: readonly TailEntry[]): void
  /** Resolves when all that was pushed under the key can be read, or cannot be written for now; after 2 s at the latest. */
  flush(key: string): Promise<void>
  /**
   * Id of the newest entry, from which a take-over goes on; undefined without a tail. Lifts this engine's fence; what
   * another one pushes is refused from here on. Rejects when unreachable.
   */
  takeOver(key: string): Promise<number | undefined>
  /**
   * Batches of entries after the id `after`, then live ones; an abort ends it quietly. A reader with more than a
   * thousand entries waiting gets neighbouring text pieces joined. Yields `lost`, and ends, when the tail cannot serve
   * from there: trimmed, gone, with a gap, or unreachable. From 0 it waits for a run that has not written yet, so
   * readers of an ended run ask `has` first.
   */
  follow(key: string, after: number, signal: AbortSignal): Batches
  /** This engine writes the key no more: its readers are told `lost`, and find what the next owner writes. */
  letGo(key: string): void
  /** Whether there is a tail under the key. False when unreachable. */
  has(key: string): Promise<boolean>
  /** The run has ended: its tail is removed after that time. Never rejects. */
  expireAfter(key: string, seconds: number): Promise<void>
  close(): Promise<void>
}

export type LiveTailOptions = {
  /** Another engine writes this key: the work on its run must end. Called once per fence. */
  onFenced(key: string): void
}
