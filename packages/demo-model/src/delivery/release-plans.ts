import { rowsIn } from '../cluster/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { shownLines } from '../reads/shown-lines.ts'
import { type Found, findPlace, releases } from './find-place.ts'
import { assignmentWords, propose } from './propose.ts'
import type { Delivery, Place } from './read-delivery.ts'
import { readTool } from './read-tool.ts'
import { valuesYaml } from './values-yaml.ts'

type Offered = { offered: ReadonlySet<string> }

export function* listReleases(namespace: string | undefined, { offered }: Offered): Plan<string> {
  const args = namespace === undefined ? { all_namespaces: true } : { namespace }
  const { kind, text } = yield* readTool('helm_list_releases', args, { offered })
  if (kind !== 'answered') return `The releases cannot be read: ${text.trim()}`
  return `The releases of ${namespace === undefined ? 'this cluster' : `namespace \`${namespace}\``}:\n\n${shownLines(text)}`
}

const reads = { history: 'helm_history', values: 'helm_get_values' } as const

export function* readRelease(what: keyof typeof reads, at: Place, { offered }: Offered): Plan<string> {
  const found = yield* findPlace(at, { ...releases, offered })
  if ('sentence' in found) return found.sentence
  const { kind, text } = yield* readTool(reads[what], placeOf(found), { offered })
  if (kind !== 'answered') return `The ${what} of ${nameOf(found)} cannot be read: ${text.trim()}`
  return `The ${what} of ${nameOf(found)}:\n\n${shownLines(text)}`
}

export function* rollBackRelease(
  { at, revision }: { at: Place; revision: number | undefined },
  { offered }: Offered,
): Plan<string> {
  const found = yield* findPlace(at, { ...releases, offered })
  if ('sentence' in found) return found.sentence
  const to = revision === undefined ? 'the revision before' : `revision ${revision}`
  // 0: the one before.
  const call = { tool: 'helm_rollback', args: { ...placeOf(found), revision: revision ?? 0 } }
  return yield* propose(call, { says: `roll ${nameOf(found)} back to ${to}`, before: stateOf(found), offered })
}

export function* upgradeRelease(
  { at, chart: named, version, values }: Extract<Delivery, { asks: 'upgrade' }>,
  { offered }: Offered,
): Plan<string> {
  const found = yield* findPlace(at, { ...releases, offered })
  if ('sentence' in found) return found.sentence
  const isEmpty = Object.keys(values).length === 0
  if (isEmpty && version === undefined && named === undefined)
    return `${stateOf(found)}. Say to which version or with which values it should be upgraded: "upgrade release ${found.name} to 1.2.3 with image.tag=2".`
  const chart = named === undefined ? yield* chartOf(found, { offered }) : { chart: named }
  if ('sentence' in chart) return chart.sentence
  // Without a version the newest would come with the values.
  const same = named === undefined ? versionOf(found) : undefined
  const args = {
    ...placeOf(found),
    ...chart,
    ...((version ?? same) !== undefined && { version: version ?? same }),
    install: false,
    ...(!isEmpty && { values: valuesYaml(values) }),
  }
  const what = [
    ...(version === undefined && named === undefined ? [] : [`to ${named ?? 'its chart'} ${version ?? ''}`.trim()]),
    ...(isEmpty ? [] : [`with ${assignmentWords(values)}`]),
  ]
  const says = `upgrade ${nameOf(found)} ${what.join(' ')}`
  return yield* propose({ tool: 'helm_upgrade', args }, { says, before: stateOf(found), offered })
}

/** A release does not say where its chart came from, so it is looked for in the known repositories. */
function* chartOf(found: Found, { offered }: Offered): Plan<{ chart: string } | { sentence: string }> {
  const name = (found.row.CHART ?? '').replace(/-v?\d[^/]*$/, '')
  const { kind, text } = yield* readTool('helm_search_repo', { keyword: name }, { offered })
  const charts = kind === 'answered' ? rowsIn(text).flatMap((row) => row.NAME ?? []) : []
  const [only, ...others] = charts.filter((each) => each.endsWith(`/${name}`))
  if (only !== undefined && others.length === 0) return { chart: only }
  const known =
    only === undefined ? text.trim() : `There are: ${[only, ...others].map((each) => `\`${each}\``).join(', ')}.`
  return {
    sentence: `${stateOf(found)}, and does not say where its chart is from. ${known} Name it: "upgrade release ${found.name} to REPO/${name} ${versionOf(found) ?? '1.2.3'} with image.tag=2".`,
  }
}

function versionOf({ row }: Found): string | undefined {
  return /-(v?\d[^/]*)$/.exec(row.CHART ?? '')?.[1]
}

const placeOf = ({ name, namespace }: Found) => ({ release_name: name, namespace })
const nameOf = ({ name, namespace }: Found) => `release \`${namespace}/${name}\``

function stateOf(found: Found): string {
  const { REVISION: revision = '', STATUS: status = '', CHART: chart = '' } = found.row
  return `${nameOf(found)} is ${status}, at revision ${revision}, with chart ${chart}`
}
