export type FramedEvent = { event: string; id?: number; data: Record<string, unknown> }
export type Framing = {
  lineEnd?: '\n' | '\r' | '\r\n'
  /** Without: the event is known by its name alone. */
  typed?: boolean
  /** With notes between the events, and the data over several lines. */
  loose?: boolean
}

/** Events as bytes of a stream, in any form that its grammar allows. */
export function framesOf(
  events: readonly FramedEvent[],
  { lineEnd = '\n', typed = true, loose }: Framing = {},
): Buffer {
  const text = events.map(({ event, id, data }) => {
    const json = JSON.stringify(typed ? { type: event, ...data } : data, null, loose ? 1 : 0)
    const lines = [
      ...(loose ? [': a note'] : []),
      ...(id === undefined ? [] : [`id:${loose ? '' : ' '}${id}`]),
      `event: ${event}`,
      ...json.split('\n').map((line) => `data: ${line}`),
      '',
      '',
    ]
    return lines.join(lineEnd)
  })
  return Buffer.from(text.join(''))
}

/** One byte at a time, each in a packet of its own. */
export async function* byteByByte(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const byte of bytes) {
    yield Uint8Array.of(byte)
    await new Promise(setImmediate)
  }
}
