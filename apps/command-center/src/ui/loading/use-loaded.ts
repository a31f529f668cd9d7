'use client'

import { useEffect, useState } from 'react'

const loaded = new WeakMap<object, unknown>()

/**
 * A part of the page that is loaded when it is first shown. Until then, and where it cannot be loaded, there is none: the
 * next one that is shown tries again.
 * @param load the same function every time, by which the part is known
 * @param isWanted false: it is not loaded yet
 */
export function useLoaded<Part>(load: () => Promise<Part>, isWanted = true): Part | undefined {
  const [part, setPart] = useState(() => loaded.get(load) as Part | undefined)
  useEffect(() => {
    if (part !== undefined || !isWanted) return
    let isHere = true
    load().then(
      (it) => {
        loaded.set(load, it)
        // A component is a function, which would be called to make the next state.
        if (isHere) setPart(() => it)
      },
      () => {},
    )
    return () => {
      isHere = false
    }
  }, [load, part, isWanted])
  return part
}
