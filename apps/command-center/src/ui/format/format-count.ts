const steps = [
  { from: 999_950_000, unit: 'B', size: 1e9 },
  { from: 999_950, unit: 'M', size: 1e6 },
  { from: 1000, unit: 'K', size: 1e3 },
]

/** "950", "1.2K", "12.4M". */
export function formatCount(count: number): string {
  const step = steps.find((it) => Math.abs(count) >= it.from)
  if (step === undefined) return String(Math.round(count))
  return `${(count / step.size).toFixed(1).replace(/\.0$/, '')}${step.unit}`
}
