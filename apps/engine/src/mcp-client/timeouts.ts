/** For everything but tool calls: connecting, listing, checking whether the server answers. */
export const SHORT_TIMEOUT_MS = 10_000
/** The SDK wants a limit of its own for a tool call. Silence ends a call, and the transport watches that. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1
