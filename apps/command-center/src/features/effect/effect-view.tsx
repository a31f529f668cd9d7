'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { ChangesTable } from '../changes/changes-table.tsx'
import type { WantedPlace } from '../changes/shown-place.ts'
import type { SourceOf } from '../values/taint-mark.tsx'
import { type KnownEffect, knownEffect } from './known-effect.ts'

const WholeYaml = lazy(() => import('./whole-yaml.tsx').then((module) => ({ default: module.WholeYaml })))
const ArgumentsView = lazy(() =>
  import('../values/arguments-view.tsx').then((module) => ({ default: module.ArgumentsView })),
)

export type EffectViewProps = {
  call: CallView
  effect: KnownEffect
  /** Without them nothing is said about arguments: an item of the inbox has none. */
  hasArguments: boolean
  sourceOf?: SourceOf
  /** Called with why a part of it could not be read, and with undefined once all is read. */
  onUnread?: (why: string | undefined) => void
  /** A change that somebody wants to see. */
  wanted?: WantedPlace
}

/** The changes, the YAML diff, or what is sent. */
export function EffectView({ call, effect, hasArguments, sourceOf, onUnread, wanted }: EffectViewProps) {
  const [stored, setStored] = useStored('effect-view', 'changes')
  const [isArguments, setArguments] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something is wanted, and only then
  useEffect(() => {
    if (wanted === undefined) return
    setArguments(false)
    setStored('changes')
  }, [wanted])
  const { taint = [], args } = call
  const marked = { taint, args, sourceOf }
  const tabs = [
    {
      id: 'changes',
      label: 'Changes',
      content: <Changes effect={effect} seen={knownEffect(call.before?.effect)} wanted={wanted} {...marked} />,
    },
    {
      id: 'yaml',
      label: 'YAML diff',
      content: (
        <Suspense fallback={<Skeleton className="h-24" />}>
          <WholeYaml callId={call.call_id} digest={call.effect_digest} effect={effect} onUnread={onUnread} />
        </Suspense>
      ),
    },
    ...(hasArguments
      ? [
          {
            id: 'arguments',
            label: 'Arguments',
            content: (
              <Suspense fallback={<Skeleton className="h-24" />}>
                <ArgumentsView isOfWrite {...marked} fileName={`${call.tool}-${call.call_id}-arguments.txt`} />
              </Suspense>
            ),
          },
        ]
      : []),
  ]
  return (
    <Tabs
      label="What the call would do"
      tabs={tabs}
      value={isArguments && hasArguments ? 'arguments' : stored === 'yaml' ? 'yaml' : 'changes'}
      onChange={(id) => {
        setArguments(id === 'arguments')
        if (id !== 'arguments') setStored(id)
      }}
    />
  )
}

type ChangesProps = Omit<Parameters<typeof ChangesTable>[0], 'objects' | 'seen'> & {
  effect: KnownEffect
  seen: KnownEffect | undefined
}

function Changes({ effect, seen, ...marked }: ChangesProps) {
  if (effect.objects.length === 0 && (seen === undefined || seen.objects.length === 0)) {
    return (
      <p className="text-sm text-ink-2">
        {effect.missing.includes('the objects that change')
          ? 'The server does not say which objects change.'
          : 'No change: the cluster is already like this.'}
      </p>
    )
  }
  return <ChangesTable objects={effect.objects} seen={seen?.objects} {...marked} />
}
