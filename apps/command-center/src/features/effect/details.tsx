'use client'

import { isElementsPin } from '@fairlead/contract/effect/elements-pin'
import { isNotablePin } from '@fairlead/contract/effect/notable-pin'
import { useState } from 'react'
import { Disclosure } from '../../ui/disclosure.tsx'
import { ShownValue } from '../values/shown-value.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import { elementsByPlace } from './elements-by-place.ts'
import type { KnownEffect } from './known-effect.ts'

/** What is fixed now and used at execution: folded, unless a person would want to know it. */
export function Details({ effect }: { effect: KnownEffect }) {
  const pins = effect.pins.filter(([name, value]) => !isElementsPin(name, value))
  const [isOpen, setOpen] = useState(() => pins.some(([name]) => isNotablePin(name)))
  if (effect.pins.length === 0) return null
  return (
    <Disclosure summary="Details" isOpen={isOpen} onToggle={setOpen}>
      <div className="flex flex-col gap-1.5 pl-5 text-sm">
        {pins.length > 0 && (
          <div>
            <p className="text-ink-3">Fixed now and used at execution:</p>
            <ul className="font-mono text-[0.92em]">
              {pins.map(([name, value]) => (
                <li key={name} className="wrap-anywhere">
                  <VisibleText text={name} />: <ShownValue value={value} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {pins.length < effect.pins.length && <ElementsByPlace objects={effect.objects} />}
      </div>
    </Disclosure>
  )
}

/** Shown whole up to so many, folded beyond. */
const FEW = 5

/** What a patch by index was written against: the pin itself is a digest, which says nothing to a person. */
function ElementsByPlace({ objects }: Pick<KnownEffect, 'objects'>) {
  const places = elementsByPlace(objects)
  const words =
    'The patch finds list elements by their place. Nothing is written unless the same ones still stand there'
  const list = (
    <ul className="font-mono text-[0.92em]">
      {places.map((place) => (
        <li key={place} className="wrap-anywhere">
          <VisibleText text={place} />
        </li>
      ))}
    </ul>
  )
  if (places.length > FEW) return <Disclosure summary={`${words} (${places.length})`}>{list}</Disclosure>
  return (
    <div>
      <p className="text-ink-3">{places.length === 0 ? `${words}.` : `${words}:`}</p>
      {places.length > 0 && list}
    </div>
  )
}
