'use client'

import { useEffect, useRef, useState } from 'react'

const letterMs = 60

/** A title that comes while somebody looks is written letter by letter; one that was there simply stands. */
export function TypedTitle({ text }: { text: string }) {
  const before = useRef(text)
  const [length, setLength] = useState<number>()
  useEffect(() => {
    const isNew = before.current !== text
    before.current = text
    if (!isNew || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const startedAt = performance.now()
    // By the clock: the timer of a busy or hidden tab comes late.
    const write = () => {
      const written = Math.floor((performance.now() - startedAt) / letterMs)
      const isDone = written >= text.length
      setLength(isDone ? undefined : written)
      if (isDone) clearInterval(timer)
    }
    const timer = setInterval(write, letterMs)
    write()
    return () => {
      clearInterval(timer)
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
