import type { EffectObject } from '@fairlead/contract/effect/effect'
import { cx } from '../../ui/cx.ts'
import { objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'

/** Stands above the changes of one object among several. */
export function ObjectHead({ object, isPlain = false }: { object: EffectObject; isPlain?: boolean }) {
  return (
    <p className={cx('px-2.5 py-1 font-sans text-sm wrap-anywhere', !isPlain && 'border-b border-line bg-sunken')}>
      <span className="text-ink-3">{object.action}</span>{' '}
      <span className="font-medium">
        <VisibleText text={objectName(object)} />
      </span>{' '}
      {object.cluster !== '' && (
        <span className="text-ink-3">
          <VisibleText text={object.cluster} />
        </span>
      )}
    </p>
  )
}
