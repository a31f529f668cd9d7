import type { ServerResponse } from 'node:http'

/** The answer to one request: JSON when there is nothing but the last message, an event stream from the first other one. */
export type EventStream = { send(message: object): void; end(message: object): void }

export function openEventStream(response: ServerResponse, commentMs: number): EventStream {
  let comments: NodeJS.Timeout | undefined
  /** To who has gone nothing is written: the call itself learns of it through its signal. */
  const write = (frame: string): void => {
    if (!response.destroyed) response.write(frame)
  }
  const open = (): void => {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    comments = setInterval(() => write(': keepalive\n\n'), commentMs)
    response.once('close', () => clearInterval(comments))
  }
  return {
    send(message) {
      if (response.destroyed) return
      if (comments === undefined) open()
      write(frameOf(message))
    },
    end(message) {
      if (response.destroyed) return
      if (comments !== undefined) {
        response.end(frameOf(message))
        return
      }
      const text = JSON.stringify(message)
      const length = Buffer.byteLength(text)
      // What is ASCII alone is copied as it is.
      const encoding = length === text.length ? 'latin1' : 'utf8'
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': length }).end(text, encoding)
    },
  }
}

function frameOf(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`
}
