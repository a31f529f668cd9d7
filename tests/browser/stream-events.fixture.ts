/** One event of a stream, and when it arrived. */
export type StreamEvent = { id: string; event: string; data: Record<string, unknown>; at: number }

/** Reads a stream's events as they come. */
export async function* streamEvents(answer: Response): AsyncGenerator<StreamEvent> {
  let rest = ''
  for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const at = performance.timeOrigin + performance.now()
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? ''
      yield { id: field('id'), event: field('event'), data: JSON.parse(field('data')), at }
    }
  }
}
