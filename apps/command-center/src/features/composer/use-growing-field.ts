'use client'

import { type RefObject, useLayoutEffect } from 'react'

/** A field as high as its text where the browser's own `field-sizing` is missing. The style's `max-height` holds. */
export function useGrowingField(field: RefObject<HTMLTextAreaElement | null>, value: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height
  useLayoutEffect(() => {
    const element = field.current
    if (element === null || CSS.supports('field-sizing', 'content')) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [field, value])
}
