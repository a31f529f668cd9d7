'use client'

import { realClock } from '@fairlead/client/time/clock'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { api } from '../../api.ts'
import { browserPage } from '../../browser/browser-page.ts'
import { type Conversations, createConversations } from './conversations.ts'
import { raiseTitle } from './in-page-events.ts'
import { createLiveOutput, type LiveOutput } from './live-output.ts'
import type { KeyValue } from './live-ports.ts'
import { nextFrame } from './next-frame.ts'

type Provided = { conversations: Conversations; output: LiveOutput }

const Context = createContext<Provided | undefined>(undefined)

/** Holds the conversations of this tab. `me` is who is signed in; somebody else begins with none. */
export function ConversationsProvider({ me: { email }, children }: { me: { email: string }; children: ReactNode }) {
  const me = useRef(email)
  const [provided] = useState(() => provide(() => me.current))
  useEffect(() => {
    if (me.current !== email) provided.conversations.closeAll()
    me.current = email
  }, [email, provided])
  return <Context value={provided}>{children}</Context>
}

function provide(me: () => string | undefined): Provided {
  const output = createLiveOutput()
  const ports = { api, clock: realClock, page: browserPage, schedule: nextFrame, storage: tabStorage, output, me }
  return { conversations: createConversations({ ...ports, onTitle: raiseTitle }), output }
}

/** Looked up at each use: it does not exist where pages are made. */
const tabStorage: KeyValue = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
}

export function useConversations(): Conversations {
  return useProvided().conversations
}

export function useLiveOutput(): LiveOutput {
  return useProvided().output
}

function useProvided(): Provided {
  const provided = useContext(Context)
  if (provided === undefined) throw new Error('Conversations are used outside of their provider')
  return provided
}
