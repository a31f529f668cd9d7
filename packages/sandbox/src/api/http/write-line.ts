import type { ServerResponse } from 'node:http'

/** What may wait for a client that does not read. The API server, too, ends the watch of one that falls behind. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024

/** Writes a piece of a stream that has no end, and cuts the stream off for a client that does not read it. */
export function writeLine(response: ServerResponse, line: string): void {
  if (response.destroyed) return
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
  else response.write(line)
}
