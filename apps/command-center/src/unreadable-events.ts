/** Counts what a stream brings that cannot be read, and tells of it once. */
export type UnreadableEvents = { readonly count: number; note(id: string | undefined): void }

export function countUnreadable(stream: string): UnreadableEvents {
  let count = 0
  return {
    get count() {
      return count
    },
    note: (id) => {
      count += 1
      if (count > 1) return
      // biome-ignore lint/suspicious/noConsole: a browser has no other log, and nothing of the event's data goes there
      console.warn(
        `${stream}: event ${id ?? 'without an id'} cannot be read and is left out, and so is each further one`,
      )
    },
  }
}
