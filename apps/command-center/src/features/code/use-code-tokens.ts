'use client'

import { useEffect, useRef, useState } from 'react'
import type { CodeAnswer, CodeToken } from './code-tokens.ts'
import { connectCodeWorker } from './connect-code-worker.ts'
import { languageOf } from './languages.ts'

/** Longer code stays plain. */
const LONGEST = 200_000
/** How often code that grows is read again. */
const EVERY_MS = 250

type Coloured = { sources: string[]; lines: CodeToken[][] }
const nothing: Coloured = { sources: [], lines: [] }

/** The coloured lines from the top on, as far as they are those of the code. */
export function useCodeTokens(code: string, language: string, isGrowing: boolean): readonly CodeToken[][] {
  const known = languageOf(language)
  const [coloured, setColoured] = useState(nothing)
  const requestedAt = useRef(0)
  const reader = useRef<ReturnType<typeof connectCodeWorker> | undefined>(undefined)

  useEffect(() => {
    const listening = connectCodeWorker((answer) => setColoured((before) => joined(before, answer)))
    reader.current = listening
    return () => listening.leave()
  }, [])

  useEffect(() => {
    if (known === undefined || code.length > LONGEST) return
    const ask = () => {
      requestedAt.current = Date.now()
      reader.current?.ask({ code, language: known })
    }
    const wait = isGrowing ? requestedAt.current + EVERY_MS - Date.now() : 0
    const timer = setTimeout(ask, Math.max(0, wait))
    return () => clearTimeout(timer)
  }, [code, known, isGrowing])

  return stillTrue(coloured, code)
}

function joined(before: Coloured, { from, lines }: CodeAnswer): Coloured {
  const sources = lines.map((line) => line.map(({ text }) => text).join(''))
  return { sources: [...before.sources.slice(0, from), ...sources], lines: [...before.lines.slice(0, from), ...lines] }
}

/** An answer may be older than the code: a line that has changed since is shown plain. */
function stillTrue({ sources, lines }: Coloured, code: string): CodeToken[][] {
  if (lines.length === 0) return lines
  const present = code.split('\n')
  let count = 0
  while (count < sources.length && sources[count] === present[count]) count += 1
  return count === lines.length ? lines : lines.slice(0, count)
}
