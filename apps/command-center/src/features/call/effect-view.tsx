'use client'

import type { Effect } from '@fairlead/contract/effect'
import { lazy, Suspense, useState } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { useStored } from '../../ui/use-stored.ts'
import type { CallView } from '../conversation/conversation-view.ts'
import { ChangesTable } from './changes-table.tsx'
import { type KnownEffect, knownEffect } from './known-effect.ts'
import type { SourceOf } from './taint-mark.tsx'

const WholeYaml = lazy(() => import('./whole-yaml.tsx').then((module) => ({ default: module.WholeYaml })))
const ArgumentsView = lazy(() => import('./arguments-view.tsx').then((module) => ({ default: module.ArgumentsView })))

export type EffectViewProps = {
  call: CallView
  effect: KnownEffect
  /** Without them nothing is said about arguments: an item of the inbox has none. */
  hasArguments: boolean
  sourceOf?: SourceOf
  /** Reads the effect with its diffs, where the event left them out. */
  readWhole?: () => Promise<Effect | null>
}

/** The changes, the YAML diff, or what is sent. */
export function EffectView({ call, effect, hasArguments, sourceOf, readWhole }: EffectViewProps) {
  const [stored, setStored] = useStored('effect-view', 'changes')
  const [isArguments, setArguments] = useState(false)
  const { taint = [], args } = call
  const marked = { taint, args, sourceOf }
  const tabs = [
    {
      id: 'changes',
      label: 'Changes',
      content: <Changes effect={effect} seen={knownEffect(call.before?.effect)} {...marked} />,
    },
    {
      id: 'yaml',
      label: 'YAML diff',
      content: (
        <Suspense fallback={<Skeleton className="h-24" />}>
          <WholeYaml effect={effect} digest={call.effect_digest} readWhole={readWhole} />
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
                <ArgumentsView {...marked} fileName={`${call.tool}-${call.call_id}-arguments.txt`} />
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
