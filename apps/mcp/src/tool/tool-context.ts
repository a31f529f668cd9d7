/** What the operator has set that tools must know. */
export type ToolSettings = {
  maxOutputChars: number
  revealSecrets: boolean
  protectedNamespaces: ReadonlySet<string>
  /** Commands that change nothing run in pods without a permit. */
  execReadAllowlist: boolean
  /** Deletions in protected namespaces are allowed. */
  allowProtected: boolean
  /** Field manager of applies and creations; every other write has it with `-edit` behind. */
  fieldManager: string
  /** For keyed hashes and sealed values; undefined where the mode does not need it. */
  redactionKey: Uint8Array | undefined
  /** Where this server itself runs, when it runs in the cluster: never deleted. */
  self?: { namespace: string; deployment?: string; serviceAccount?: string }
  /** Holds the credentials of integrations: nothing but such a Secret may be written there. */
  credentialsNamespace?: string
}

/** What every tool sees beside its arguments. Its target system adds a client to it. */
export type ToolContext = {
  settings: ToolSettings
  /** The client went away, the time limit is over, or the server stops. */
  signal: AbortSignal
  /** Values fixed by the preview; empty in a preview and for reads. */
  pins: Readonly<Record<string, unknown>>
  now(): Date
  /** Resolves when one more long text of this caller may be read, to what says that it has been. */
  readingTurn(): Promise<() => void>
  /** Live output: whole lines or pieces of them, sent on only where the caller gave a progress token. Never waits. */
  progress(stream: 'stdout' | 'stderr' | 'status', text: string): void
}
