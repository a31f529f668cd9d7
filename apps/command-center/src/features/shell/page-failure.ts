/** `digest` is how the server's log calls it. */
export type PageFailure = Error & { digest?: string; requestId?: string }
