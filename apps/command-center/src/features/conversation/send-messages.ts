import { hasWaitingCalls, isRunActive } from '@fairlead/client/conversation/selectors'
import { waitToTryAgain } from '@fairlead/client/time/back-off'
import type { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from './live-core.ts'
import type { LiveState, QueueState } from './live-state.ts'
import { edited, keepQueue, moved, queued, removed } from './message-queue.ts'
import { openRun } from './open-run.ts'
import { keepSentText, readSentText } from './sent-text.ts'
import { until } from './until.ts'

export type Sending = {
  /** Sends a text, or queues it while a run is active. */
  send(text: string): void
  takeReturned(): string | undefined
  retry(): void
  dismiss(): void
  queue: {
    edit(id: string, text: string): void
    move(id: string, index: number): void
    remove(id: string): void
    /** Stops the active run, waits for its end, and sends it. */
    sendNow(id: string): void
    /** After an error: goes on with the next. */
    release(): void
  }
  /** Sends the next of the queue, if it may go. */
  pump(): void
  /** What an earlier page of this tab had on its way when it was left, and the record does not have, comes back. */
  takeUp(): Promise<void>
}

/** How often the record is asked for what became of a message before its text is given back. */
const TRIES = 3

export function createSending(core: LiveCore, { stop }: { stop: () => void }): Sending {
  const { get, set, ports } = core

  const setQueue = (queue: QueueState) => {
    set({ queue })
    keepQueue(ports.storage, core.id, queue)
  }

  const setSending = (text: string, { isQueued }: { isQueued: boolean }) => {
    set({ sending: text })
    keepSentText(ports.storage, core.id, { text, isQueued, after: lastQuestion(get())?.id })
  }
  /** The record has it, or the queue. */
  const setSent = () => {
    set({ sending: undefined })
    keepSentText(ports.storage, core.id, undefined)
  }

  async function start(text: string, { isQueued }: { isQueued: boolean }): Promise<void> {
    set({ problem: undefined })
    setSending(text, { isQueued })
    const body = { conversation_id: core.id, messages: [{ role: 'user', content: text }] }
    const opened = await openRun(core, {
      question: text,
      open: (signal) => ports.api.stream('POST /agent/chat', { body, signal }),
    })
    if (core.closing.aborted) return
    if (opened.state === 'opened') setSent()
    else if (opened.state === 'broken') await recover(text, { isQueued })
    else refused(text, { isQueued, error: opened.error })
  }

  /** The first message of a conversation comes before its page is read. */
  async function startWhenRead(text: string): Promise<void> {
    setSending(text, { isQueued: false })
    await until(core, ({ loading }) => loading.state !== 'loading', core.times.silenceMs)
    if (core.closing.aborted) return
    if (get().loading.state !== 'loaded') return giveBack(text, { isQueued: false })
    if (!isRunActive(get().view)) return await start(text, { isQueued: false })
    setQueue(queued(get().queue, newItem(text)))
    setSent()
  }

  function refused(text: string, { isQueued, error }: { isQueued: boolean; error: ApiError }): void {
    const { status, body, message, requestId } = error
    if (status === 409 && typeof body.run_id === 'string') {
      setQueue({ ...get().queue, items: [newItem(text), ...get().queue.items] })
      setSent()
      void core.readRecord()
      return
    }
    if (status === 403 || status === 404) set({ loading: { state: 'not-found' } })
    giveBack(text, { isQueued })
    if (status !== 401) set({ problem: { text: message, requestId, retry: undefined } })
  }

  /** Into the composer, or to the head of the queue it came from, which then waits for the person. */
  function giveBack(text: string, { isQueued }: { isQueued: boolean }): void {
    if (isQueued) {
      setQueue({ items: [newItem(text), ...get().queue.items], isHeld: true })
      setSent()
    } else {
      // Kept until the composer has taken it: the page may be left before that.
      set({ sending: undefined, returned: text })
    }
  }

  async function takeUp(): Promise<void> {
    const sent = readSentText(ports.storage, core.id)
    if (sent === undefined) return
    await until(core, ({ loading }) => loading.state !== 'loading', core.times.silenceMs)
    if (core.closing.aborted || get().sending !== undefined) return
    const asked = lastQuestion(get())
    if (asked !== undefined && asked.id !== sent.after && asked.content === sent.text) return setSent()
    giveBack(sent.text, sent)
  }

  /** Whether a message was taken, only the record knows. It is never sent twice on its own. */
  async function recover(text: string, { isQueued }: { isQueued: boolean }): Promise<void> {
    const known = new Set(get().view.messages.map(({ id }) => id))
    for (let attempt = 0; attempt < TRIES && !core.closing.aborted; attempt++) {
      const end = await core.readRecord()
      if (end === 'read') {
        const asked = lastQuestion(get())
        const isTaken = asked !== undefined && !known.has(asked.id) && asked.content === text
        if (isTaken) return setSent()
        giveBack(text, { isQueued })
        return set({ problem: notSent('The connection broke before the message was taken. It was not sent.') })
      }
      if (end === 'refused') break
      await waitToTryAgain(ports, { attempt, signal: core.closing })
    }
    giveBack(text, { isQueued })
    const unknown = 'The engine cannot be reached, so it is not known whether the message was sent.'
    set({ problem: { ...notSent(unknown), retry: 'load' } })
  }

  function pump(): void {
    const { queue } = get()
    const [next] = queue.items
    if (next === undefined || queue.isHeld || !isFree(get())) return
    setQueue(removed(queue, next.id))
    void start(next.text, { isQueued: true })
  }

  async function sendNow(id: string): Promise<void> {
    const item = get().queue.items.find((it) => it.id === id)
    if (item === undefined) return
    setQueue({ ...moved(get().queue, id, 0), isHeld: false })
    if (isRunActive(get().view) || get().sending !== undefined) {
      stop()
      await until(core, (state) => !isRunActive(state.view) && state.sending === undefined, core.times.sendNowMs)
    }
    const isStillThere = get().queue.items.some((it) => it.id === id)
    if (!isStillThere || isRunActive(get().view) || get().sending !== undefined) return
    setQueue(removed(get().queue, id))
    await start(item.text, { isQueued: true })
  }

  core.onApplied((before, after) => {
    const hasEnded = isRunActive(before) && !isRunActive(after)
    if (hasEnded && after.run?.state === 'failed') {
      const last = after.messages.at(-1)
      const text = (last?.type === 'assistant' && last.error) || 'The run failed.'
      set({ problem: { text, requestId: undefined, retry: 'send' } })
      if (get().queue.items.length > 0) setQueue({ ...get().queue, isHeld: true })
    }
    if (hasEnded && after.run?.state === 'completed' && isEmptyAnswer(after)) {
      set({ problem: { text: 'The run ended without an answer.', requestId: undefined, retry: 'send' } })
    }
    pump()
  })

  return {
    send: (text) => {
      const words = text.trim()
      if (words === '') return
      const { view, sending, loading } = get()
      if (isRunActive(view) || sending !== undefined) setQueue(queued(get().queue, newItem(words)))
      else if (loading.state === 'loading') void startWhenRead(words)
      else void start(words, { isQueued: false })
    },
    takeReturned: () => {
      const { returned } = get()
      if (returned === undefined) return undefined
      set({ returned: undefined })
      keepSentText(ports.storage, core.id, undefined)
      return returned
    },
    retry: () => {
      const { problem } = get()
      set({ problem: undefined })
      const asked = lastQuestion(get())
      if (problem?.retry === 'load') void core.readRecord()
      else if (problem?.retry === 'send' && asked !== undefined) void start(asked.content, { isQueued: false })
    },
    dismiss: () => set({ problem: undefined }),
    queue: {
      edit: (id, text) => setQueue(edited(get().queue, id, text)),
      move: (id, index) => setQueue(moved(get().queue, id, index)),
      remove: (id) => setQueue(removed(get().queue, id)),
      sendNow: (id) => void sendNow(id),
      release: () => {
        setQueue({ ...get().queue, isHeld: false })
        pump()
      },
    },
    pump,
    takeUp,
  }
}

function lastQuestion({ view }: LiveState) {
  return view.messages.findLast((message) => message.type === 'user')
}

function newItem(text: string) {
  return { id: crypto.randomUUID(), text }
}

/** Nothing runs, nothing is on its way, and no call waits for a person. */
function isFree({ view, sending, loading, connection, bulk, decisions }: LiveState): boolean {
  const isDeciding = bulk?.state === 'sending' || Object.values(decisions).some(({ state }) => state === 'sending')
  const isLoaded = loading.state === 'loaded' && connection !== 'elsewhere'
  return isLoaded && !isRunActive(view) && sending === undefined && !hasWaitingCalls(view) && !isDeciding
}

function isEmptyAnswer({ messages, run }: LiveState['view']): boolean {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return last !== undefined
  return last.segments.length === 0 && last.runIds.at(-1) === run?.id
}

function notSent(text: string) {
  return { text, requestId: undefined, retry: undefined }
}
