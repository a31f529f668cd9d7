'use client'

import type { BlobRef } from '@fairlead/contract/call/call'
import { useEffect, useState } from 'react'
import { readBlob } from './read-blob.ts'

type Stored = { text?: string; isLoading: boolean; error?: string }

/** Live output as the record kept it, read when it is to be seen. */
export function useStoredOutput(blob: BlobRef | undefined, conversationId: string | undefined): Stored {
  const [stored, setStored] = useState<Stored & { of?: string }>({ isLoading: true })
  const sha256 = blob?.sha256
  useEffect(() => {
    if (sha256 === undefined || conversationId === undefined) return
    let isWanted = true
    readBlob(conversationId, { sha256, bytes: 0 }).then(
      (text) => isWanted && setStored({ text, isLoading: false, of: sha256 }),
      () =>
        isWanted &&
        setStored({ isLoading: false, error: 'The live output of this call could not be read.', of: sha256 }),
    )
    return () => {
      isWanted = false
    }
  }, [sha256, conversationId])
  if (sha256 === undefined || conversationId === undefined) return { isLoading: false }
  return stored.of === sha256 ? stored : { isLoading: true }
}
