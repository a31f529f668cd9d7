import { PROGRAMS, type Program } from '../program.ts'
import type { Container, Pod } from './shapes.ts'

const parsed = new Map<string, Record<string, Program>>()

/** What the program of a container does, by the annotation of its pod; undefined when nothing is said of it. */
export function programOf({ metadata }: Pod, { name }: Container): Program | undefined {
  const text = metadata.annotations?.[PROGRAMS]
  if (text === undefined) return undefined
  let all = parsed.get(text)
  if (all === undefined) {
    all = read(text)
    if (parsed.size > 500) parsed.clear()
    parsed.set(text, all)
  }
  return all[name]
}

function read(text: string): Record<string, Program> {
  try {
    return JSON.parse(text) as Record<string, Program>
  } catch {
    return {} // An annotation that is no JSON says nothing.
  }
}

const missingTags = new Set(['does-not-exist', 'no-such-tag'])

/** `docker.io/library/nginx:1.25`: the whole name of an image. */
export function wholeImageName(image: string): string {
  const [first = ''] = image.split('/')
  const hasHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  const path = hasHost ? image : image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last.includes(':') || last.includes('@') ? path : `${path}:latest`
}

/** Whether the registry has an image. */
export function canPull(image: string, program: Program | undefined): boolean {
  if (image.includes('@')) return true
  const whole = wholeImageName(image)
  const tag = whole.slice(whole.lastIndexOf(':') + 1)
  return program?.tags ? program.tags.includes(tag) : !missingTags.has(tag)
}

/** How a simulated pod fails: by its annotation or by the tag of its image, as the simulated nodes of tests have it. */
export function simulatedMode({ metadata }: Pod, { image = '' }: Container): string | undefined {
  return metadata.annotations?.['fairlead.dev/simulate'] ?? /:simulate-([\w-]+)$/.exec(image)?.[1]
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
