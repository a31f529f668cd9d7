/** At most three of `names` that somebody who wrote `name` may have meant, nearest first. */
export function nearNames(name: string, names: Iterable<string>): readonly string[] {
  const wanted = name.toLowerCase()
  const reach = Math.min(10, Math.max(2, Math.floor(wanted.length / 3)))
  return [...new Set(names)]
    .map((each) => ({ each, distance: distanceOf(wanted, each.toLowerCase(), reach) }))
    .filter(({ distance }) => distance <= reach)
    .toSorted((a, b) => a.distance - b.distance || a.each.localeCompare(b.each))
    .slice(0, 3)
    .map(({ each }) => each)
}

/** A name that contains the other is near: people leave the generated ending of a pod's name away. */
function distanceOf(a: string, b: string, reach: number): number {
  return a !== '' && (a.startsWith(b) || b.startsWith(a)) ? 1 : editDistance(a, b, reach)
}

/** Infinite when it is more than `reach`: of hundreds of long names, what lies so far apart is not worked out. */
function editDistance(a: string, b: string, reach: number): number {
  if (Math.abs(a.length - b.length) > reach) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = new Array<number>(b.length + 1).fill(Number.POSITIVE_INFINITY)
    next[0] = i
    for (let j = Math.max(1, i - reach); j <= Math.min(b.length, i + reach); j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row.at(-1) ?? 0
}
