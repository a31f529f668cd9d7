'use client'

import type { EffectObject } from '@fairlead/contract/effect/effect'
import { type ReactNode, useMemo, useState } from 'react'
import { useMediaQuery } from '../../ui/browser/use-media-query.ts'
import { useStored } from '../../ui/browser/use-stored.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { objectKey, objectName } from '../values/object-name.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { type DiffLine, pairLines, parseUnifiedDiff, splitSecret } from './unified-diff.ts'

type YamlViewProps = {
  objects: readonly EffectObject[]
  /** What stands below the diff of an object. */
  foot?: (index: number) => ReactNode
}

/** The unified diff of each object as the server made it: in one column, or both sides beside each other. */
export function YamlView({ objects, foot }: YamlViewProps) {
  const isWide = useMediaQuery('(min-width: 1024px)')
  const [layout, setLayout] = useStored('diff-layout', 'split')
  const [areSecretsShown, setSecretsShown] = useState(false)
  const hasSecrets = objects.some(({ diff = '' }) =>
    parseUnifiedDiff(diff).some(({ kind, text }) => kind !== 'add' && splitSecret(text)),
  )
  const isSplit = isWide && layout === 'split'
  const canSplit = isWide && objects.some(({ diff = '' }) => hasSides(parseUnifiedDiff(diff)))
  return (
    <div className="flex flex-col gap-2">
      {(canSplit || hasSecrets) && (
        <div className="flex justify-end gap-1">
          {hasSecrets && (
            <Button variant="quiet" size="s" onClick={() => setSecretsShown(!areSecretsShown)}>
              {areSecretsShown ? 'Mask values' : 'Show masked values'}
            </Button>
          )}
          {canSplit && (
            <Button variant="quiet" size="s" onClick={() => setLayout(isSplit ? 'unified' : 'split')}>
              {isSplit ? 'Show in one column' : 'Show side by side'}
            </Button>
          )}
        </div>
      )}
      {objects.map((object, index) => (
        <ObjectDiff key={objectKey(object)} {...{ object, isSplit, areSecretsShown }} foot={foot?.(index)} />
      ))}
    </div>
  )
}

type ObjectDiffProps = { object: EffectObject; isSplit: boolean; areSecretsShown: boolean; foot: ReactNode }

function ObjectDiff({ object, isSplit, areSecretsShown, foot }: ObjectDiffProps) {
  const lines = useMemo(() => parseUnifiedDiff(object.diff ?? ''), [object.diff])
  const name = objectName(object)
  const hasBothSides = hasSides(lines)
  const rows = isSplit && hasBothSides ? pairLines(lines) : lines.map((line) => ({ left: line, right: undefined }))
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <p className="border-b border-line bg-sunken px-2.5 py-1 text-sm font-medium wrap-anywhere">
        <VisibleText text={name} />
      </p>
      {lines.length === 0 && foot ? null : lines.length === 0 ? (
        <p className="px-2.5 py-1.5 text-sm text-ink-2">
          {object.diff === undefined ? 'The server sent no diff for this object.' : 'No change.'}
        </p>
      ) : (
        <section
          aria-label={`YAML diff of ${name}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-120 overflow-auto font-mono text-[12.2px] leading-relaxed"
        >
          <div className={cx('grid w-max min-w-full', isSplit && hasBothSides ? 'grid-cols-2' : 'grid-cols-1')}>
            {rows.map(({ left, right }) =>
              isSplit && hasBothSides && left?.kind !== 'gap' && left?.kind !== 'note' ? (
                <Pair key={`${left?.before ?? ''}/${right?.after ?? ''}`} {...{ left, right, areSecretsShown }} />
              ) : (
                left !== undefined && <Line key={keyOf(left)} line={left} areSecretsShown={areSecretsShown} />
              ),
            )}
          </div>
        </section>
      )}
      {foot}
    </div>
  )
}

/** What only comes, or only goes, has nothing to stand beside. */
function hasSides(lines: readonly DiffLine[]): boolean {
  return lines.some(({ kind }) => kind === 'del') && lines.some(({ kind }) => kind === 'add')
}

type PairProps = { left: DiffLine | undefined; right: DiffLine | undefined; areSecretsShown: boolean }

function Pair({ left, right, areSecretsShown }: PairProps) {
  return (
    <>
      {left === undefined ? <span className="bg-sunken" /> : <Line line={left} areSecretsShown={areSecretsShown} />}
      {right === undefined ? (
        <span className="border-l border-line bg-sunken" />
      ) : (
        <Line line={right} areSecretsShown={areSecretsShown} isRight />
      )}
    </>
  )
}

const lineStyles: Record<DiffLine['kind'], { sign: string; className: string }> = {
  same: { sign: ' ', className: 'text-ink-2' },
  add: { sign: '+', className: 'bg-add text-add-ink' },
  del: { sign: '-', className: 'bg-del text-del-ink' },
  gap: {
    sign: '',
    className: 'col-span-full border-y border-line bg-sunken py-0.5 text-center font-sans text-xs text-ink-3',
  },
  note: { sign: '', className: 'col-span-full bg-ask-soft py-0.5 text-center font-sans text-xs text-ask' },
}

type LineProps = { line: DiffLine; areSecretsShown: boolean; isRight?: boolean }

function Line({ line, areSecretsShown, isRight = false }: LineProps) {
  const { sign, className } = lineStyles[line.kind]
  // A name hides nothing that is about to be written: it may be what would run.
  const secret = areSecretsShown || line.kind === 'add' ? undefined : splitSecret(line.text)
  return (
    <div className={cx('flex min-h-5 px-2.5 whitespace-pre', className, isRight && 'border-l border-line')}>
      {sign !== '' && <span className="w-4 shrink-0 select-none">{sign}</span>}
      <span className={sign === '' ? 'w-full' : undefined}>
        <VisibleText text={secret === undefined ? line.text : `${secret[0]}••••••`} />
      </span>
    </div>
  )
}

function keyOf({ kind, before, after, text }: DiffLine): string {
  return `${kind} ${before ?? ''}/${after ?? ''} ${before === undefined && after === undefined ? text : ''}`
}
