type Aged = { updatedAt: number }
export type AgeGroup<Entry> = { label: string; entries: Entry[] }

const monthAndYear = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })

/** Entries, newest first, under the name of their time; days are those of the reader's clock. */
export function groupByAge<Entry extends Aged>(entries: readonly Entry[], now: number): AgeGroup<Entry>[] {
  const groups: AgeGroup<Entry>[] = []
  for (const entry of entries) {
    const label = ageLabel(entry.updatedAt, now)
    const group = groups.find((it) => it.label === label)
    if (group === undefined) groups.push({ label, entries: [entry] })
    else group.entries.push(entry)
  }
  return groups
}

function ageLabel(then: number, now: number): string {
  if (then >= startOfDay(now, 0)) return 'Today'
  if (then >= startOfDay(now, 1)) return 'Yesterday'
  if (then >= startOfDay(now, 7)) return 'Previous 7 days'
  if (then >= startOfDay(now, 30)) return 'Previous 30 days'
  return monthAndYear.format(then)
}

/** By the calendar, as a day of the clock's change is longer or shorter. */
function startOfDay(now: number, daysBefore: number): number {
  const day = new Date(now)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime()
}
