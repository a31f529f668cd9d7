/** Contrast of WCAG 2: 1 to 21. Colours as `#rrggbb`. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

/** The ink itself, or the nearest tone of it towards white or black that is readable on the ground. */
export function readableInk(ink: string, ground: string, least = 4.5): string {
  if (contrast(ink, ground) >= least) return ink
  const towards = luminance(ground) < 0.18 ? '#ffffff' : '#000000'
  for (let share = 0.05; share < 1; share += 0.05) {
    const mixed = mixColours(ink, towards, share)
    if (contrast(mixed, ground) >= least) return mixed
  }
  return towards
}

/** `share` of `b` in `a`. */
export function mixColours(a: string, b: string, share: number): string {
  const from = channels(a)
  const mixed = channels(b).map((value, at) => Math.round(value * share + (from[at] ?? 0) * (1 - share)))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = channels(colour).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
