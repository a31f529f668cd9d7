export type HistoryMarker = 'running' | 'waiting' | undefined

/** Which conversations have a run, and which wait for a person. */
export function createHistoryMarkers() {
  /** By the list of approvals. */
  let listed: ReadonlySet<string> = new Set()
  /** By the feed, which brings calls too that others decide. */
  const announced = new Set<string>()
  const running = new Set<string>()

  const of = (id: string): HistoryMarker => {
    if (running.has(id)) return 'running'
    return listed.has(id) || announced.has(id) ? 'waiting' : undefined
  }
  return {
    of,
    /** The entries with their markers; the same list where none has changed. */
    remark: <Entry extends { id: string; marker: HistoryMarker }>(entries: readonly Entry[]): readonly Entry[] => {
      const isSame = entries.every((entry) => entry.marker === of(entry.id))
      return isSame ? entries : entries.map((entry) => ({ ...entry, marker: of(entry.id) }))
    },
    begin: (id: string): void => void running.add(id),
    end: (id: string): void => void running.delete(id),
    setWaiting: (id: string, isWaiting: boolean): void => {
      if (isWaiting) announced.add(id)
      else announced.delete(id)
    },
    setListed: (ids: ReadonlySet<string>): void => {
      listed = ids
    },
    clear: (): void => {
      running.clear()
      announced.clear()
    },
  }
}
