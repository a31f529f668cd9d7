import type { Basis, Effect, Mask } from './effect.ts'

/** What an effect rests on, as page and terminal say it. */
export const basisWords: Readonly<Record<Basis, string>> = {
  server: 'Tried out by the API server (dry run)',
  computed: 'Computed, not tried out: the API server cannot try this one',
  external: 'An external system: there is no dry run and no diff',
  unknown: 'Unknown: this tool server offers no preview; you see what is sent, not what it does',
}

export const highlightsMissing = 'This tool server does not point out what must not be missed'
export const masksMissing = 'This tool server does not say what it hides'
export const showWritten = 'Show what would be written'
export const unmaskFirst = 'Text that would run is hidden: it can be approved once it was shown'

type Hidden = Pick<Mask, 'side' | 'executable' | 'bytes'>

/** How much is hidden, and what of it would run; undefined where nothing is. */
export function masksWords(masks: readonly Hidden[]): string | undefined {
  const written = masks.filter(({ side }) => side === 'after')
  const running = written.filter(({ executable }) => executable).length
  const there = masks.length - written.length
  const parts = [
    written.length > 0 && `${counted(written.length, 'text')} that would be written ${are(written.length)} hidden`,
    running > 0 &&
      `${running === written.length ? (running === 1 ? 'it' : 'all of them') : `${running} of them`} would run`,
    there > 0 && `${counted(there, 'text')} that ${are(there)} in the cluster already ${are(there)} hidden`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? undefined : parts.join('; ')
}

/** Text that is hidden and would be written: `getUnmasked` shows it. */
export function hidesWritten(masks: readonly Hidden[] | undefined): boolean {
  return masks?.some(({ side }) => side === 'after') === true
}

/** Hidden text would run: nobody approves it before it was shown. */
export function hidesWhatRuns(masks: readonly Hidden[] | undefined): boolean {
  return masks?.some(({ side, executable }) => side === 'after' && executable) === true
}

/** What list elements are called, for paths into one object of an effect. */
export function elementsOf({ objects }: Pick<Effect, 'objects'>, object: number) {
  return objects[object]?.elements ?? {}
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are'
}
