/** Messages between the tabs of a browser. A tab does not hear itself; without the means, tabs do not hear each other. */
export type Tabs<Message> = {
  post(message: Message): void
  onMessage(listener: (message: Message) => void): () => void
}

/** Opened when it is first used: pages are made where there are no tabs. */
export function tabChannel<Message>(name: string): Tabs<Message> {
  let channel: BroadcastChannel | undefined
  const open = () => {
    if (channel === undefined && typeof BroadcastChannel === 'function') channel = new BroadcastChannel(name)
    return channel
  }
  return {
    post: (message) => open()?.postMessage(message),
    onMessage: (listener) => {
      const hear = (event: MessageEvent<Message>) => listener(event.data)
      open()?.addEventListener('message', hear)
      return () => channel?.removeEventListener('message', hear)
    },
  }
}
