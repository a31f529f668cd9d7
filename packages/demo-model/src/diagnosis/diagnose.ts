import { partLine } from '../cluster/part.ts'
import type { State } from '../cluster/state.ts'
import { type Finding, nameOf } from '../evidence/finding.ts'
import { subjectOf } from '../evidence/symptoms.ts'
import { call, type Plan } from '../plan/plan.ts'
import { listed } from '../requests/fixed-answers.ts'
import { type Focus, isSure } from '../requests/focus.ts'
import { isOneOf, unknownWords } from '../requests/known-intent.ts'
import type { Request } from '../requests/request.ts'
import { missingText } from '../requests/unknown-names.ts'
import { type Causes, findCauses, scoreOf } from './find-causes.ts'
import { heal } from './heal.ts'
import { healthLines } from './health-lines.ts'
import { readQuietLogs } from './read-quiet-logs.ts'
import { writeFinding } from './write-finding.ts'

/** What is wrong, what proves it, and the change that would mend it; or that nothing was found. */
export function* diagnose(request: Request): Plan<string> {
  const { focus, understood } = request
  const causes = yield* findLastingCauses(request)
  const quiet = causes.findings.length === 0 ? yield* readQuietLogs(causes, focus) : undefined
  const [main, ...others] = quiet === undefined ? causes.findings : [quiet]
  if (main === undefined) return nothingFound(causes, request)
  const rest = partLine(causes.state.parts, causes.scope)
  const text = [writeFinding(main), alsoWrong(others, causes), rest].filter((part) => part !== '').join('\n\n')
  const subjects = [main.subject, ...(main.touches ?? [])]
  const isBeside = isSure(focus) && !subjects.some((ref) => scoreOf(ref, focus) > 0)
  const missing = missingText(focus, request.survey)
  // Where a part of all names is known only, a word may be one of the others.
  const names = subjects.map(({ name }) => name)
  const strange = unknownWords(request).filter((word) => !isOneOf(names, word))
  const beside = [
    missing === '' ? '' : `${missing}This is what is wrong where I looked:\n\n`,
    isBeside ? besideLine(focus, causes.state) : '',
  ].join('')
  if (main.remedy === undefined) {
    return `${beside}${text}\n\nI propose no change: to choose one I would have to know ${main.missing ?? 'more'}.`
  }
  if (strange.length > 0) {
    return `${beside}${text}\n\nI did not understand ${listed(strange)}, so I propose nothing. What would mend it: ${main.remedy.says}.`
  }
  if (isBeside) {
    return `${beside}${text}\n\nYou asked about something else, so I propose nothing. What would mend it: ${main.remedy.says}.`
  }
  if (understood.isReadOnly) {
    return `${beside}${text}\n\nYou asked me only to look, so I propose nothing. What would mend it: ${main.remedy.says}.`
  }
  return yield* heal(main, { request, causes, text: `${beside}${text}` })
}

/** What has just been started is not ready yet: where nothing else shows, it is given a moment and looked at once more. */
function* findLastingCauses({ focus, offered }: Request): Plan<Causes> {
  const causes = yield* findCauses(focus)
  const isStarting =
    causes.symptoms.length > 0 && causes.symptoms.every(({ is }) => is === 'unready' || is === 'waiting')
  const isPlain = causes.findings.some(({ remedy }) => remedy !== undefined)
  if (!isStarting || isPlain || !offered.has('wait_for_x_seconds')) return causes
  yield* call('wait_for_x_seconds', { seconds: RECHECK_SECONDS }, { barrier: true })
  return yield* findCauses(focus)
}

const RECHECK_SECONDS = 8

function alsoWrong(others: readonly Finding[], { more }: Causes): string {
  const lines = [
    ...others.map(({ says }) => `- ${says}`),
    ...more.map((symptom) => `- ${nameOf(subjectOf(symptom))} has trouble, too (${symptom.is}).`),
  ]
  return lines.length === 0 ? '' : ['Also wrong:', '', ...new Set(lines)].join('\n')
}

function besideLine(focus: Focus, state: State): string {
  const lines = healthLines(state, focus)
  return lines.length === 0
    ? ''
    : ['What you asked about looks well:', '', ...lines, '', 'But beside it:\n\n'].join('\n')
}

function nothingFound({ state, scope }: Causes, { focus, survey }: Request): string {
  const where = scope === 'all' ? 'in the namespaces of this cluster' : `in namespace \`${scope}\``
  const stranger = missingText(focus, survey)
  const lines = healthLines(state, focus)
  const rest = partLine(state.parts, scope)
  if (rest !== '') return [`${stranger}I found nothing wrong ${where}. ${rest}`, '', ...lines].join('\n')
  if (lines.length === 0) return `${stranger}I found nothing wrong ${where}: there is nothing that runs.`
  return [
    `${stranger}I found nothing wrong ${where}. Every pod is ready, every Service leads to pods, no Job has failed:`,
    '',
    ...lines,
  ].join('\n')
}
