const units: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A Kubernetes quantity as a number: `500m` is 0.5, `64Mi` is 67108864. NaN for what is none. */
export function numberOf(quantity: string): number {
  const { number = '', unit = '' } = /^(?<number>[\d.]+)(?<unit>[a-zA-Z]*)$/.exec(quantity)?.groups ?? {}
  return Number.parseFloat(number) * (units[unit] ?? Number.NaN)
}

/** The same quantity so many times, in its own unit: `64Mi` twice is `128Mi`. */
export function times(quantity: string, factor: number): string {
  const { number = '0', unit = '' } = /^(?<number>[\d.]+)(?<unit>[a-zA-Z]*)$/.exec(quantity)?.groups ?? {}
  return `${Math.ceil(Number.parseFloat(number) * factor)}${unit}`
}
