import type { KubeContext } from '../../../kube/kube-context.ts'
import { dropCutWord } from '../../../output/drop-cut-word.ts'
import { createKeptText, type KeptText } from '../../../output/kept-text.ts'
import { redactText } from '../../../output/redact.ts'
import { cutMiddle } from '../../../output/truncate.ts'
import type { ObjectWritten } from '../../../target/object-written.ts'
import type { Report } from '../../../target/plan.ts'

/** What a command prints, as it comes and as it is told in the end. */
export type CommandOutput = {
  receive(stream: 'stdout' | 'stderr', text: string): void
  ended(exitCode: number): void
  warn(sentence: string): void
  /** `written`: of one that did not succeed. */
  report(data: Readonly<Record<string, unknown>>, written?: ObjectWritten): Report
}

/** Of the room that an answer has; what is said on stderr is short, and says why. */
const shareOfStderr = 0.4
const RESERVED_FOR_NOTES = 400

export function createCommandOutput({ settings, progress }: Pick<KubeContext, 'settings' | 'progress'>): CommandOutput {
  const available = settings.maxOutputChars - RESERVED_FOR_NOTES
  const kept = { stdout: createKeptText(available), stderr: createKeptText(available) }
  const warnings = new Set<string>()
  let code: number | undefined
  return {
    receive(stream, text) {
      kept[stream].add(text)
      progress(stream, text)
    },
    ended(exitCode) {
      code = exitCode
    },
    warn: (sentence) => void warnings.add(sentence),
    report(data, written) {
      const isCut = code === undefined
      const stderr = cutOf(kept.stderr, isCut, Math.floor(available * shareOfStderr))
      const stdout = cutOf(kept.stdout, isCut, available - stderr.output.length)
      const parts = [
        ...(stdout.output === '' ? [] : [stdout.output]),
        ...(stderr.output === '' ? [] : ['[stderr]', stderr.output]),
        ...noteOf(code, written),
      ]
      return {
        output: parts.length === 0 ? '[no output]' : parts.join('\n'),
        ...(written !== undefined && code === undefined && { code: codeOf(written) }),
        data: { ...data, ...(code !== undefined && { exit_code: code }) },
        ...((stdout.truncated || stderr.truncated) && { truncated: true }),
        ...(warnings.size > 0 && { warnings: [...warnings] }),
      }
    },
  }
}

/** Masked whole, so that a cut cannot leave half of a secret. */
function cutOf(text: KeptText, isCut: boolean, most: number) {
  const kept = text.text()
  const shown = redactText(isCut ? dropCutWord(kept) : kept).replace(/\n$/, '')
  const left = Math.max(0, text.length() - kept.length)
  return cutMiddle(shown, { most, narrow: 'a command that prints less', total: shown.length + left })
}

function noteOf(code: number | undefined, written: ObjectWritten | undefined): string[] {
  if (code !== undefined) return code === 0 ? [] : [`[exit code ${code}]`]
  if (written === undefined) return []
  const { error, outcome } = written
  // A failure that is known to be one begins with its code, as everywhere.
  return [error?.text ?? `Unknown: ${outcome.error ?? 'how the command ended is not known'}`]
}

function codeOf({ error, outcome }: ObjectWritten): Report['code'] {
  return outcome.outcome === 'unknown' ? 'Unknown' : error?.code
}
