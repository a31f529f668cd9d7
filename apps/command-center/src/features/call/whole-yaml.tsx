'use client'

import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { EffectViewProps } from './effect-view.tsx'
import { type KnownEffect, knownEffect } from './known-effect.ts'
import { YamlView } from './yaml-view.tsx'

type WholeYamlProps = Pick<EffectViewProps, 'effect' | 'readWhole'> & { digest: string | undefined }
type Read = { digest: string | undefined; effect: KnownEffect | undefined; error: string | undefined }

/** The YAML diff, read where the event left it out. */
export function WholeYaml({ effect, digest, readWhole }: WholeYamlProps) {
  const [read, setRead] = useState<Read>()
  const [tries, setTries] = useState(0)
  const isWanted = effect.isDiffOmitted && readWhole !== undefined && read?.digest !== digest
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is asked for by its number
  useEffect(() => {
    if (!isWanted) return
    let isStale = false
    const keep = (result: Omit<Read, 'digest'>) => !isStale && setRead({ digest, ...result })
    readWhole().then(
      (whole) => keep({ effect: knownEffect(whole), error: undefined }),
      (error: unknown) => keep({ effect: undefined, error: error instanceof Error ? error.message : String(error) }),
    )
    return () => {
      isStale = true
    }
  }, [isWanted, digest, tries])
  if (isWanted) return <Skeleton className="h-24" />
  if (read?.error !== undefined) {
    return (
      <div className="flex flex-wrap items-center gap-2 text-sm text-loss">
        The diff could not be read: {read.error}
        <Button
          size="s"
          onClick={() => {
            setRead(undefined)
            setTries(tries + 1)
          }}
        >
          Read the diff again
        </Button>
      </div>
    )
  }
  return <YamlView objects={read?.effect?.objects ?? effect.objects} />
}
