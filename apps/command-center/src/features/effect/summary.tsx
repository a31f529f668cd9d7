import { Fragment } from 'react'
import { VisibleText } from '../values/visible-text.tsx'

/** The one line that says what a call would do. Its arrow is not torn apart at the end of a line. */
export function Summary({ text }: { text: string }) {
  const [first = '', ...rest] = text.split(' -> ')
  const parts = rest.map((part, index) => ({ part, at: index }))
  return (
    <>
      <VisibleText text={first} />
      {parts.map(({ part, at }) => (
        <Fragment key={at}>
          {' '}
          <span className="whitespace-nowrap">{'->'}</span> <VisibleText text={part} />
        </Fragment>
      ))}
    </>
  )
}
