import type { Container, Pod } from '../runtime/shapes.ts'

const simulatedTag = /:simulate-([\w-]+)$/

/** How a simulated pod fails: by its annotation or by the tag of its image, as the simulated nodes of tests have it. */
export function simulatedMode({ metadata }: Pod, { image = '' }: Container): string | undefined {
  return metadata.annotations?.['fairlead.dev/simulate'] ?? simulatedTag.exec(image)?.[1]
}

/** Every repository has these tags. */
export function isSimulatedTag(image: string): boolean {
  return simulatedTag.test(image)
}

/** What an annotation lets the first container of a pod log when it starts, line by line; undefined without one. */
export function simulatedLines({ metadata, spec }: Pod, { name }: Container): readonly string[] | undefined {
  const text = metadata.annotations?.['fairlead.dev/says']
  return name === spec.containers[0]?.name ? text?.split('\n') : undefined
}

/** Milliseconds of an annotation such as `3s` or `1m30s`. */
export function delayOf({ metadata }: Pod, name: string): number | undefined {
  const text = metadata.annotations?.[`fairlead.dev/${name}`]
  if (text === undefined) return undefined
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  let sum = 0
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) sum += Number(amount) * (units[unit] ?? 0)
  return sum
}
