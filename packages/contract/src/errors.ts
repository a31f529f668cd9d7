/**
 * Every refusal the engine promises to callers: status and body in one table. A refusal is neither a bug (those throw
 * and become `internal`) nor an outcome (those are values that a model or a person reads).
 * An entry with a `code` alone is sent as `detail: {code, reason}`; one with a `detail` too has its `code` beside it. A
 * client tells refusals apart by code, never by the text of `detail`. A `{word}` in a `detail` is one of the refusal's words.
 */
export const refusals = {
  unauthorized: { status: 401, detail: 'Unauthorized' },
  refreshTokenMissing: { status: 401, detail: 'Refresh token missing' },
  refreshTokenInvalid: { status: 401, detail: 'Refresh token invalid' },
  badCredentials: { status: 400, detail: 'LOGIN_BAD_CREDENTIALS' },
  hostTwice: { status: 400, detail: 'The request names its server twice' },
  emailTaken: { status: 400, detail: 'A user with this email already exists' },
  passwordInvalid: { status: 400, code: 'REGISTER_INVALID_PASSWORD' },
  verifyTokenBad: { status: 400, detail: 'VERIFY_USER_BAD_TOKEN' },
  alreadyVerified: { status: 400, detail: 'VERIFY_USER_ALREADY_VERIFIED' },
  setupLinkNeeded: { status: 403, detail: 'The set-up link of this installation is needed' },
  registrationClosed: { status: 409, detail: 'Registration is closed' },
  forbidden: { status: 403, detail: 'Forbidden' },
  adminOnly: { status: 403, detail: 'Only administrators can perform this action' },
  crossOrigin: { status: 403, detail: 'Cross-origin request refused' },
  notYourConversation: { status: 403, detail: 'Not authorized for conversation' },
  decisionNotAllowed: { status: 403, code: 'DECISION_NOT_ALLOWED' },
  notFound: { status: 404, detail: 'Not Found' },
  methodNotAllowed: { status: 405, detail: 'Method Not Allowed' },
  conversationNotFound: { status: 404, detail: 'Conversation not found' },
  toolCallNotFound: { status: 404, detail: 'Tool call not found' },
  runNotFound: { status: 404, detail: 'Run not found' },
  messagesRequired: { status: 400, detail: 'messages are required' },
  noValidMessages: { status: 400, detail: 'No valid messages found' },
  conversationIdRequired: { status: 400, detail: 'conversation_id is required' },
  providerRequired: { status: 400, detail: 'provider is required' },
  providerUnsupported: { status: 400, detail: 'Unsupported provider: {provider}' },
  integrationExists: { status: 400, detail: "Integration for provider '{provider}' already exists" },
  jenkinsCredentials: { status: 400, detail: "Jenkins credentials must include 'username' and 'api_token'" },
  credentialsUnclean: { status: 400, detail: 'Credentials must not contain control characters or line breaks' },
  credentialsRequired: { status: 400, detail: 'credentials are required when api_url changes' },
  policyDenied: { status: 403, code: 'POLICY_DENIED' },
  integrationNotFound: { status: 404, detail: 'Integration not found' },
  mcpServerExists: { status: 400, detail: "MCP server '{name}' already exists" },
  mcpServerNotFound: { status: 404, detail: 'MCP server not found' },
  mcpServerBuiltin: { status: 409, detail: 'The built-in server is set by configuration' },
  mcpToolChanged: { status: 409, detail: 'Tool has changed' },
  messagesReadOnly: { status: 400, detail: 'messages_json is read-only' },
  invalidCursor: { status: 400, detail: 'Invalid cursor' },
  conversationExists: { status: 409, detail: 'Conversation already exists' },
  runInProgress: { status: 409, detail: 'A run is already in progress' },
  alreadyDecided: { status: 409, detail: 'Tool call is already decided', code: 'ALREADY_DECIDED' },
  alreadyVoted: { status: 409, detail: 'You have already voted', code: 'ALREADY_VOTED' },
  argumentsChanged: { status: 409, detail: 'Tool call arguments have changed', code: 'ARGUMENTS_CHANGED' },
  effectChanged: { status: 409, detail: 'The effect has changed', code: 'EFFECT_CHANGED' },
  effectUnknown: { status: 409, detail: 'The effect is not known yet', code: 'EFFECT_UNKNOWN' },
  unmaskFirst: { status: 409, code: 'UNMASK_FIRST' },
  nothingToUndo: { status: 409, detail: 'Nothing to undo' },
  misdirected: { status: 421, code: 'MISDIRECTED' },
  bodyTooLarge: { status: 413, detail: 'Request body too large' },
  tooManyRequests: { status: 429, detail: 'Too Many Requests' },
  credentialsNotStored: { status: 502, detail: 'Failed to store credentials' },
  integrationNotTested: { status: 502, detail: 'The tool server did not test the integration' },
  mcpServerSilent: { status: 502, detail: 'MCP server does not answer' },
  toolsUnavailable: { status: 502, detail: 'Error listing tools' },
  notReady: { status: 503, detail: 'Not ready' },
  internal: { status: 500, detail: 'Internal Server Error' },
} as const satisfies Record<string, { status: number } & ({ detail: string } | { code: string })>

export type RefusalName = keyof typeof refusals

/** What we promise to callers: an entry of the table, with the reason and the fields that belong beside `detail`. */
export class Refusal extends Error {
  readonly refusal: RefusalName
  readonly reason: string | undefined
  /** Fields sent beside `detail`, such as `run_id` or `current`. */
  readonly fields: Readonly<Record<string, unknown>>
  /** What stands in place of each `{word}`. */
  readonly words: Readonly<Record<string, string>>

  constructor(
    refusal: RefusalName,
    options: {
      reason?: string
      fields?: Record<string, unknown>
      words?: Record<string, string>
      cause?: unknown
    } = {},
  ) {
    super(options.reason ?? refusal, { cause: options.cause })
    this.name = 'Refusal'
    this.refusal = refusal
    this.reason = options.reason
    this.fields = options.fields ?? {}
    this.words = options.words ?? {}
  }

  get status(): number {
    return refusals[this.refusal].status
  }

  /** The JSON body of the answer. */
  get body(): { detail: unknown } & Record<string, unknown> {
    const entry: { status: number; detail?: string; code?: string } = refusals[this.refusal]
    const { detail, code } = entry
    if (detail === undefined) return { detail: { code, reason: this.reason ?? '' }, ...this.fields }
    const text = detail.replace(/\{(\w+)\}/g, (_, word: string) => this.words[word] ?? '')
    return { detail: text, ...(code !== undefined && { code }), ...this.fields }
  }
}

/** One entry of a 422's `detail` list. */
export type SchemaFault = {
  type: string
  loc: (string | number)[]
  msg: string
  input: unknown
  ctx?: Record<string, unknown>
}

/** A request that breaks its schema: 422 with one entry per fault. */
export class SchemaRefusal extends Error {
  readonly faults: readonly SchemaFault[]

  constructor(faults: readonly SchemaFault[]) {
    super(`The request breaks its schema at ${faults.map(({ loc }) => loc.join('.')).join(', ')}`)
    this.name = 'SchemaRefusal'
    this.faults = faults
  }
}
