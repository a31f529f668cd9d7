import type { EffectObject } from '@fairlead/contract/effect/effect'
import { pathTokens } from '@fairlead/contract/effect/readable-path'
import { valueAlong } from '@fairlead/contract/json/json-pointer'
import { objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'

/** Objects that go, counted by kind; namespaces by name, since all in them goes too. */
export function DeletedObjects({ objects }: { objects: readonly EffectObject[] }) {
  const gone = objects.filter(({ action }) => action === 'delete')
  if (gone.length === 0) return null
  const kinds = [...Map.groupBy(gone, ({ kind }) => kind)].map(([kind, all]) => `${all.length} ${kind}`)
  const namespaces = gone.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name)
  return (
    <div className="rounded-md border border-loss/40 bg-loss-soft px-3 py-1.5 text-sm">
      <p className="font-medium text-loss">
        Deletes <VisibleText text={kinds.join(', ')} />
      </p>
      {namespaces.length > 0 && (
        <p className="wrap-anywhere">
          With all that is in {namespaces.length === 1 ? 'namespace' : 'namespaces'}{' '}
          <VisibleText text={namespaces.join(', ')} />
        </p>
      )}
    </div>
  )
}

/** What is run, or restarted: an argument a line, quoted, so that no two commands look alike. */
export function Invocations({ objects }: { objects: readonly EffectObject[] }) {
  const actions = objects.filter(({ action }) => action === 'restart' || action === 'exec' || action === 'invoke')
  if (actions.length === 0) return null
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {actions.map((object) => (
        <li key={`${object.action} ${object.cluster} ${objectName(object)}`}>
          <p className="wrap-anywhere">
            {verbOf(object)}{' '}
            <span className="font-medium">
              <VisibleText text={subjectOf(object)} />
            </span>
          </p>
          {object.action === 'exec' &&
            commandsOf(object).map(({ label, argv }) => (
              <ol key={label} aria-label={label} className="mt-1 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs">
                {argv.map((argument, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an argument is known by its place
                  <li key={index} className="wrap-anywhere whitespace-pre-wrap">
                    <VisibleText text={JSON.stringify(argument)} />
                  </li>
                ))}
              </ol>
            ))}
        </li>
      ))}
    </ul>
  )
}

const verbs: Readonly<Record<string, string>> = { restart: 'Restarts', exec: 'Runs a command in' }
/** What is no object of a cluster is known by its name alone. */
const outside: Readonly<Record<string, string>> = { ToolCall: 'Calls', JenkinsBuild: 'Builds Jenkins job' }

function verbOf(object: EffectObject): string {
  const { action, kind } = object
  return outside[kind] ?? (action === 'invoke' ? invocationOf(object) : verbs[action]) ?? action
}

/** A pod is made for it; or one that runs is used. */
function invocationOf(object: EffectObject): string {
  if (isHook(object)) return 'Runs, as a hook of the release,'
  return object.changes.some(({ path }) => path === '') ? 'Runs' : 'Connects to'
}

function subjectOf(object: EffectObject): string {
  return object.kind in outside ? object.name : objectName(object)
}

/** Helm runs it, and does not keep it. */
function isHook({ changes: [made] }: EffectObject): boolean {
  return typeof valueAlong(made?.after, ['metadata', 'annotations', 'helm.sh/hook']) === 'string'
}

function commandsOf({ changes }: EffectObject): { label: string; argv: string[] }[] {
  return changes.flatMap(({ path, after }) =>
    Array.isArray(after) && after.every((argument) => typeof argument === 'string')
      ? [{ label: pathTokens(path).join(' ') || 'command', argv: after }]
      : [],
  )
}
