import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { cx } from '../../ui/cx.ts'
import { objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'

const outcomeWords: Record<ObjectOutcome['outcome'], { text: string; className: string }> = {
  succeeded: { text: 'done', className: 'text-ink-2' },
  failed: { text: 'not done', className: 'text-loss' },
  unknown: { text: 'not known', className: 'text-ask' },
}

/** What became of each object of a write. */
export function ObjectOutcomes({ objects, isUnknown }: { objects: readonly ObjectOutcome[]; isUnknown: boolean }) {
  return (
    <ul aria-label={isUnknown ? 'What was read of each object' : 'What became of each object'}>
      {objects.map(({ ref, outcome, error }) => {
        const { text, className } = outcomeWords[outcome] ?? outcomeWords.unknown
        return (
          <li key={`${ref.cluster} ${ref.apiVersion} ${objectName(ref)}`} className="wrap-anywhere">
            <VisibleText text={objectName(ref)} />: <span className={cx('font-medium', className)}>{text}</span>
            {error !== undefined && (
              <span className="text-ink-2">
                , <VisibleText text={error} />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
