'use client'

import { useEffect, useRef, useState } from 'react'

const letterMs = 14

/** A title that comes while somebody looks is written letter by letter; one that was there simply stands. */
export function TypedTitle({ text }: { text: string }) {
  const before = useRef(text)
  const [length, setLength] = useState<number>()
  useEffect(() => {
    const isNew = before.current !== text
    before.current = text
    if (!isNew || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    setLength(0)
    const timer = setInterval(
      () => setLength((it) => (it === undefined || it >= text.length ? undefined : it + 1)),
      letterMs,
    )
    const end = setTimeout(() => clearInterval(timer), letterMs * (text.length + 3))
    return () => {
      clearInterval(timer)
      clearTimeout(end)
      setLength(undefined)
    }
  }, [text])
  if (length === undefined) return text
  return (
    <>
      <span aria-hidden="true">{text.slice(0, length)}</span>
      <span className="sr-only">{text}</span>
    </>
  )
}
