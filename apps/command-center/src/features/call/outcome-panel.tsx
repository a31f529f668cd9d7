import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { ObjectRef, ObjectVerdict } from '@fairlead/contract/effect/effect'
import { type ElementNames, readablePath } from '@fairlead/contract/effect/readable-path'
import { knownEffect } from '../effect/known-effect.ts'
import { objectKey, objectName } from '../values/object-name.ts'
import { ShownValue } from '../values/shown-value.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import { endingDetails } from './ending-details.ts'
import { ObjectOutcomes } from './object-outcomes.tsx'

/** What came of a write beyond its one line. */
export function OutcomePanel({ call }: { call: CallView }) {
  const { objects = [], recovered, status } = call
  const { notAsApproved, hasTrouble, lost } = endingDetails(call)
  const elementsOf = (ref: ObjectRef) =>
    knownEffect(call.effect)?.objects.find((object) => objectKey(object) === objectKey(ref))?.elements
  return (
    <div className="flex flex-col gap-2 px-3.5 pb-2.5 text-sm">
      {recovered && <p className="text-ink-2">The engine was interrupted here; the cluster was read back.</p>}
      {lost !== undefined && (
        <p className="max-h-32 overflow-auto wrap-anywhere whitespace-pre-wrap text-ink-2">
          <VisibleText text={lost} />
        </p>
      )}
      {hasTrouble && <ObjectOutcomes objects={objects} isUnknown={status === 'unknown'} />}
      {notAsApproved.length > 0 && <Differences objects={notAsApproved} elementsOf={elementsOf} />}
    </div>
  )
}

const verdictWords: Record<string, string> = {
  differs: 'differs',
  not_yet: 'not yet as approved',
  unreadable: 'could not be read',
}

type DifferencesProps = {
  objects: readonly ObjectVerdict[]
  /** What the list elements of an object are called. */
  elementsOf: (ref: ObjectRef) => ElementNames | undefined
}

/** What was approved, and what is there. */
function Differences({ objects, elementsOf }: DifferencesProps) {
  const rows = objects.flatMap(({ ref, differences }) => differences.map((difference) => ({ ref, difference })))
  return (
    <>
      {objects
        .filter(({ differences }) => differences.length === 0)
        .map(({ ref, verdict }) => (
          <p key={`${ref.cluster} ${objectName(ref)}`} className="wrap-anywhere">
            <VisibleText text={objectName(ref)} />: {verdictWords[verdict] ?? verdict}
          </p>
        ))}
      {rows.length > 0 && (
        <div className="overflow-x-auto rounded-md border border-line">
          <table className="w-full border-collapse text-left">
            <thead className="bg-sunken text-xs text-ink-3">
              <tr>
                <th scope="col" className="px-2.5 py-1 font-medium">
                  Path
                </th>
                <th scope="col" className="px-2.5 py-1 font-medium">
                  Approved
                </th>
                <th scope="col" className="px-2.5 py-1 font-medium">
                  Actual
                </th>
              </tr>
            </thead>
            <tbody className="font-mono text-[12.6px]">
              {rows.map(({ ref, difference: { path, approved, actual } }) => (
                <tr key={`${objectName(ref)} ${path}`} className="border-t border-line align-top wrap-anywhere">
                  <th scope="row" className="px-2.5 py-1 font-normal text-ink-2">
                    {objects.length > 1 && (
                      <span className="block font-sans text-xs">
                        <VisibleText text={objectName(ref)} />
                      </span>
                    )}
                    <VisibleText text={readablePath(path, elementsOf(ref))} />
                  </th>
                  <td className="px-2.5 py-1 whitespace-pre-wrap">
                    <ShownValue value={approved} />
                  </td>
                  <td className="bg-del px-2.5 py-1 whitespace-pre-wrap text-del-ink">
                    <ShownValue value={actual} other={approved} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
