const factors: Record<string, number> = {
  '': 1,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
}

/** A quantity of Kubernetes (`500m`, `1.5Gi`) as a number; 0 for what is none. */
export function quantityOf(text: string | undefined): number {
  const [, number, unit = ''] = /^([0-9.]+(?:e[0-9]+)?)([a-zA-Z]*)$/.exec(text ?? '') ?? []
  return number === undefined ? 0 : Number(number) * (factors[unit] ?? 0)
}

/** CPU in `m`. */
export function cpuText(cores: number): string {
  return `${Math.round(cores * 1000)}m`
}

/** Memory in `Mi`. */
export function memoryText(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)}Mi`
}
