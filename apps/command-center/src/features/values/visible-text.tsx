import { visibleParts } from '@fairlead/contract/visible-text'

/** Text from outside: what hides or reorders it is shown by name, and it cannot turn the text around it. */
export function VisibleText({ text }: { text: string }) {
  const parts = visibleParts(text)
  return (
    <bdi dir="ltr">
      {parts.map(({ text: part, isMark, at }) =>
        isMark ? (
          <mark key={at} title="A character that is not visible" className={markClasses}>
            {part}
          </mark>
        ) : (
          part
        ),
      )}
    </bdi>
  )
}

const markClasses = 'mx-px rounded-sm border border-loss/50 bg-loss-soft px-0.5 font-mono text-[0.85em] text-loss'
