import { isRunActive, lastUserMessage } from '@fairlead/client/conversation/selectors'
import type { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from '../live-core.ts'
import type { LiveState, Problem, QueueState } from '../live-state.ts'
import { openRun } from '../open-run.ts'
import { until } from '../until.ts'
import { keepQueue, queued } from './message-queue.ts'
import { createQueueRunner, type QueueActions } from './queue-runner.ts'
import { readWhetherTaken } from './read-whether-taken.ts'
import { keepSentText, readSentText } from './sent-text.ts'
import { createTextInFlight, newItem } from './text-in-flight.ts'

export type Sending = {
  /** Sends a text, or queues it while a run is active. */
  send(text: string): void
  takeReturned(): string | undefined
  retry(): void
  dismiss(): void
  queue: QueueActions
  /** Sends the next of the queue, if it may go. */
  pump(): void
  /** What an earlier page of this tab had on its way when it was left, and the record does not have, comes back. */
  takeUp(): Promise<void>
}

export function createSending(core: LiveCore, { stop }: { stop: () => void }): Sending {
  const { get, set, ports } = core

  const setQueue = (queue: QueueState) => {
    set({ queue })
    keepQueue(ports.storage, core.id, queue)
  }

  const inFlight = createTextInFlight(core, setQueue)

  async function start(text: string, { isQueued }: { isQueued: boolean }): Promise<void> {
    set({ problem: undefined })
    inFlight.begin(text, { isQueued })
    const body = { conversation_id: core.id, messages: [{ role: 'user', content: text }] }
    const opened = await openRun(core, {
      userMessage: text,
      open: (signal) => ports.api.stream('POST /agent/chat', { body, signal }),
    })
    if (core.closing.aborted) return
    if (opened.state === 'opened') inFlight.settle()
    else if (opened.state === 'broken') await recover(text, { isQueued })
    else refused(text, { isQueued, error: opened.error })
  }

  /** The first message of a conversation comes before its page is read. */
  async function startWhenRead(text: string): Promise<void> {
    inFlight.begin(text, { isQueued: false })
    await until(core, ({ loading }) => loading.state !== 'loading', core.times.silenceMs)
    if (core.closing.aborted) return
    if (get().loading.state !== 'loaded') return inFlight.giveBack(text, { isQueued: false })
    if (!isRunActive(get().view)) return await start(text, { isQueued: false })
    setQueue(queued(get().queue, newItem(text)))
    inFlight.settle()
  }

  function refused(text: string, { isQueued, error }: { isQueued: boolean; error: ApiError }): void {
    const { status, body, message, requestId } = error
    if (status === 409 && typeof body.run_id === 'string') {
      setQueue({ ...get().queue, items: [newItem(text), ...get().queue.items] })
      inFlight.settle()
      void core.readRecord()
      return
    }
    if (status === 403 || status === 404) set({ loading: { state: 'not-found' } })
    inFlight.giveBack(text, { isQueued })
    if (status !== 401) set({ problem: { text: message, requestId, retry: undefined } })
  }

  async function takeUp(): Promise<void> {
    const sent = readSentText(ports.storage, core.id)
    if (sent === undefined) return
    await until(core, ({ loading }) => loading.state !== 'loading', core.times.silenceMs)
    if (core.closing.aborted || get().sending !== undefined) return
    const lastMessage = lastUserMessage(get().view)
    if (lastMessage !== undefined && lastMessage.id !== sent.after && lastMessage.content === sent.text)
      return inFlight.settle()
    inFlight.giveBack(sent.text, sent)
  }

  async function recover(text: string, { isQueued }: { isQueued: boolean }): Promise<void> {
    const outcome = await readWhetherTaken(core, text)
    if (outcome === 'taken') return inFlight.settle()
    inFlight.giveBack(text, { isQueued })
    if (outcome === 'not-taken') {
      return set({ problem: notSent('The connection broke before the message was taken. It was not sent.') })
    }
    const unknown = 'The engine cannot be reached, so it is not known whether the message was sent.'
    set({ problem: { ...notSent(unknown), retry: 'load' } })
  }

  const runner = createQueueRunner(core, { setQueue, start, stop })

  core.onApplied((before, after) => {
    const problem = isRunActive(before) && !isRunActive(after) ? problemOfEnd(after) : undefined
    if (problem !== undefined) set({ problem })
    const isHeld = problem !== undefined && after.run?.state === 'failed' && get().queue.items.length > 0
    if (isHeld) setQueue({ ...get().queue, isHeld })
    runner.pump()
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
      const lastMessage = lastUserMessage(get().view)
      if (problem?.retry === 'load') void core.readRecord()
      else if (problem?.retry === 'send' && lastMessage !== undefined)
        void start(lastMessage.content, { isQueued: false })
    },
    dismiss: () => set({ problem: undefined }),
    queue: runner.queue,
    pump: runner.pump,
    takeUp,
  }
}

/** What the error strip says of a run that has ended; undefined where it ended well. */
function problemOfEnd(view: LiveState['view']): Problem | undefined {
  if (view.run?.state === 'failed') {
    const last = view.messages.at(-1)
    const text = (last?.type === 'assistant' && last.error) || 'The run failed.'
    return { text, requestId: undefined, retry: 'send' }
  }
  const isEmpty = view.run?.state === 'completed' && isEmptyAnswer(view)
  return isEmpty ? { text: 'The run ended without an answer.', requestId: undefined, retry: 'send' } : undefined
}

function isEmptyAnswer({ messages, run }: LiveState['view']): boolean {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return last !== undefined
  return last.segments.length === 0 && last.runIds.at(-1) === run?.id
}

function notSent(text: string) {
  return { text, requestId: undefined, retry: undefined }
}
