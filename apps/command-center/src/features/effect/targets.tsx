'use client'

import type { EffectObject } from '@fairlead/contract/effect/effect'
import { useState } from 'react'
import { cx } from '../../ui/cx.ts'
import { objectKey, objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'

const MAX_CHIPS = 3

/** Where it would act: cluster, namespace, kind, name and action of each object. */
export function Targets({ objects }: { objects: readonly EffectObject[] }) {
  const [isOpen, setOpen] = useState(false)
  if (objects.length === 0) return null
  const shown = isOpen ? objects : objects.slice(0, MAX_CHIPS)
  return (
    <div className="flex flex-col gap-1.5">
      {objects.length > MAX_CHIPS && (
        <p className="text-sm text-ink-2 wrap-anywhere">
          <VisibleText text={countsOf(objects)} />
        </p>
      )}
      <ul className="flex flex-wrap items-center gap-1.5 text-xs">
        {shown.map((object) => (
          <li
            key={`${objectKey(object)} ${object.action}`}
            className={cx(
              'inline-flex max-w-full flex-wrap items-center gap-x-1.5 rounded-md border px-2 py-0.5 wrap-anywhere',
              object.action === 'delete' ? 'border-loss/40 text-loss' : 'border-line text-ink-2',
            )}
          >
            <span className="font-medium">{object.action}</span>
            <span>
              <VisibleText text={objectName(object)} />
            </span>
            {object.cluster !== '' && (
              <span className="text-ink-3">
                <VisibleText text={object.cluster} />
              </span>
            )}
          </li>
        ))}
        {objects.length > MAX_CHIPS && (
          <li>
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
              className="min-h-6 cursor-pointer rounded-sm px-1 font-medium text-accent hover:underline"
            >
              {isOpen ? 'Show fewer' : `and ${objects.length - MAX_CHIPS} more`}
            </button>
          </li>
        )}
      </ul>
    </div>
  )
}

/** Of many objects, how many of each kind: `update 1 Release, 2 ConfigMap; delete 1 Secret`. */
function countsOf(objects: readonly EffectObject[]): string {
  const actions = [...Map.groupBy(objects, ({ action }) => action)].map(([action, same]) => {
    const kinds = [...Map.groupBy(same, ({ kind }) => kind)].map(([kind, all]) => `${all.length} ${kind}`)
    return `${action} ${kinds.join(', ')}`
  })
  return actions.join('; ')
}
