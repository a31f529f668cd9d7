import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  acceptedContent,
  completable,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  inputResponse,
  McpServer,
  ResourceTemplate,
  type ServerContext,
  type ServerNotifier,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** No sound at all. */
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA=='

const text = (value: string) => ({ type: 'text' as const, text: value })
const said = (value: string) => ({ content: [text(value)] })
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' }
const none = z.object({})

const codec = createRequestStateCodec<{ round: number }>({ key: new Uint8Array(randomBytes(32)) })
const nameOf = (message: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  })
const sampling = (prompt: string) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: text(prompt) }],
    maxTokens: 100,
  })
const stateOf = ({ mcpReq }: ServerContext): { round: number } | undefined => mcpReq.requestState<{ round: number }>()

/** A server with what the suite asks of one under test; `notify` tells those that listen for changes. */
export function createSuiteServer(notify: () => ServerNotifier | undefined): McpServer {
  const server = new McpServer(
    { name: 'conformance', version: '1.0.0' },
    {
      capabilities: { logging: {}, completions: {}, resources: { subscribe: true, listChanged: true } },
      requestState: { verify: (state, context) => codec.verify(state, context) },
    },
  )
  addPlainTools(server)
  addAskingTools(server)
  addRounds(server)
  addResources(server)
  addPrompts(server)
  const tell = (name: string, change: (of: ServerNotifier) => void) =>
    server.registerTool(name, { description: 'Changes a list.', inputSchema: none }, () => {
      const notifier = notify()
      if (notifier !== undefined) change(notifier)
      return said('changed')
    })
  tell('test_trigger_tool_change', (notifier) => notifier.toolsChanged())
  tell('test_trigger_prompt_change', (notifier) => notifier.promptsChanged())
  return server
}

function addPlainTools(server: McpServer): void {
  const answers = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [image],
    test_audio_content: [{ type: 'audio' as const, data: WAV, mimeType: 'audio/wav' }],
    test_embedded_resource: [
      {
        type: 'resource' as const,
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
    test_multiple_content_types: [
      text('Multiple content types test:'),
      image,
      {
        type: 'resource' as const,
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }
  for (const [name, content] of Object.entries(answers))
    server.registerTool(name, { description: 'Answers.', inputSchema: none }, () => ({ content }))
  server.registerTool('test_error_handling', { description: 'Fails.', inputSchema: none }, () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Progresses.', inputSchema: none },
    async (_, context) => {
      const progressToken = context.mcpReq._meta?.progressToken
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined)
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress, total: 100 },
          })
        if (progress < 100) await sleep(50)
      }
      return said('done')
    },
  )
  const logging = async (context: ServerContext) => {
    for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await context.mcpReq.log('info', line)
      await sleep(50)
    }
    return said('logged')
  }
  for (const name of ['test_tool_with_logging', 'test_logging_tool'])
    server.registerTool(name, { description: 'Logs.', inputSchema: none }, (_, context) => logging(context))
}

/** There is no other stream to ask on: `GET` is not allowed. */
const onStreamOf = ({ mcpReq }: ServerContext) => ({ relatedRequestId: mcpReq.id })

/** The server asks in the midst of the call, which protocols before 2026-07-28 do. */
function addAskingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Samples.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, context) => {
      const request = { messages: [{ role: 'user' as const, content: text(prompt) }], maxTokens: 100 }
      const { content } = await context.mcpReq.requestSampling(request, onStreamOf(context))
      return said(`LLM response: ${'text' in content ? content.text : JSON.stringify(content)}`)
    },
  )
  const asks = (name: string, properties: Record<string, object>, required: string[] = []) =>
    server.registerTool(
      name,
      { description: 'Asks.', inputSchema: z.object({ message: z.string().default('Please answer') }) },
      async ({ message }, context) => {
        const requestedSchema = { type: 'object' as const, properties: properties as never, required }
        const { action, content } = await context.mcpReq.elicitInput({ message, requestedSchema }, onStreamOf(context))
        return said(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`)
      },
    )
  asks(
    'test_elicitation',
    {
      username: { type: 'string', description: "User's response" },
      email: { type: 'string', description: "User's email address" },
    },
    ['username', 'email'],
  )
  asks('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  })
  const titled = (word: string) => [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${word} ${n}` }))
  asks('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  })
}

/** The answer is a question, and the call comes back with what it was answered. */
function addRounds(server: McpServer): void {
  const rounds = (name: string, answer: (context: ServerContext) => unknown) =>
    server.registerTool(name, { description: 'Asks by its answer.', inputSchema: none }, (async (
      _: unknown,
      context: ServerContext,
    ) => answer(context)) as never)
  const name = (key: string, { mcpReq }: ServerContext) =>
    acceptedContent(mcpReq.inputResponses, key, z.object({ name: z.string() }))
  const hello = (context: ServerContext) => {
    const given = name('user_name', context)
    if (given === undefined) return inputRequired({ inputRequests: { user_name: nameOf('What is your name?') } })
    return said(`Hello, ${given.name}!`)
  }
  rounds('test_input_required_result_elicitation', hello)
  rounds('test_streaming_elicitation', hello)
  const capital = ({ mcpReq }: ServerContext) => {
    const answer = inputResponse(mcpReq.inputResponses, 'capital_question')
    if (answer.kind === 'sampling') return said(JSON.stringify(answer.result))
    return inputRequired({ inputRequests: { capital_question: sampling('What is the capital of France?') } })
  }
  rounds('test_input_required_result_sampling', capital)
  rounds('test_missing_capability', capital)
  rounds('test_input_required_result_list_roots', ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots')
    if (answer.kind === 'roots') return said(JSON.stringify(answer.roots))
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
  })
  const confirmed = async (context: ServerContext) => {
    if (stateOf(context) !== undefined && context.mcpReq.inputResponses !== undefined) return said('state-ok')
    const confirm = inputRequired.elicit({
      message: 'Please confirm',
      requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
    })
    return inputRequired({ inputRequests: { confirm }, requestState: await codec.mint({ round: 1 }) })
  }
  rounds('test_input_required_result_request_state', confirmed)
  rounds('test_input_required_result_tampered_state', confirmed)
  rounds('test_input_required_result_multiple_inputs', async (context) => {
    const { inputResponses = {} } = context.mcpReq
    const requests = {
      user_name: nameOf('What is your name?'),
      greeting: sampling('Generate a greeting'),
      client_roots: inputRequired.listRoots(),
    }
    const isWhole = Object.keys(requests).every((key) => Object.hasOwn(inputResponses, key))
    if (isWhole && stateOf(context) !== undefined) return said('all of it')
    return inputRequired({ inputRequests: requests, requestState: await codec.mint({ round: 1 }) })
  })
  rounds('test_input_required_result_multi_round', async (context) => {
    const round = stateOf(context)?.round ?? 0
    if (round === 2 && context.mcpReq.inputResponses?.step2 !== undefined) return said('three rounds')
    const next = round === 1 && context.mcpReq.inputResponses?.step1 !== undefined ? 2 : 1
    const step2 = inputRequired.elicit({
      message: 'Step 2: What is your favorite color?',
      requestedSchema: { type: 'object', properties: { color: { type: 'string' } }, required: ['color'] },
    })
    const inputRequests: InputRequests = next === 1 ? { step1: nameOf('Step 1: What is your name?') } : { step2 }
    return inputRequired({ inputRequests, requestState: await codec.mint({ round: next }) })
  })
  rounds('test_input_required_result_capabilities', ({ mcpReq }) => {
    const envelope = mcpReq.envelope as Record<string, Record<string, unknown> | undefined> | undefined
    const can = envelope?.['io.modelcontextprotocol/clientCapabilities'] ?? {}
    const requests: InputRequests = {
      ...(can.elicitation !== undefined && { user_name: nameOf('What is your name?') }),
      ...(can.sampling !== undefined && { words: sampling('Say something') }),
    }
    return Object.keys(requests).length === 0 ? said('nothing to ask') : inputRequired({ inputRequests: requests })
  })
}

function addResources(server: McpServer): void {
  const add = (name: string, mimeType: string, content: { text: string } | { blob: string }) => {
    const uri = `test://${name}`
    server.registerResource(name, uri, { description: 'A resource.', mimeType }, () => ({
      contents: [{ uri, mimeType, ...content }],
    }))
  }
  add('static-text', 'text/plain', { text: 'This is the content of the static text resource.' })
  add('static-binary', 'image/png', { blob: PNG })
  add('watched-resource', 'text/plain', { text: 'Watched.' })
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined })
  const mimeType = 'application/json'
  server.registerResource('template', template, { description: 'A template.', mimeType }, (uri, { id }) => ({
    contents: [
      {
        uri: uri.href,
        mimeType,
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      },
    ],
  }))
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.server.setRequestHandler(method, () => ({}))
}

function addPrompts(server: McpServer): void {
  const user = <Content>(content: Content) => ({ role: 'user' as const, content })
  server.registerPrompt('test_simple_prompt', { description: 'Simple.' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }))
  const word = () => completable(z.string(), (value) => ['paris', 'park', 'party'].filter((it) => it.startsWith(value)))
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'With arguments.', argsSchema: z.object({ arg1: word(), arg2: z.string() }) },
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => ({
      messages: [
        user({
          type: 'resource' as const,
          resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        }),
        user(text('Please process the embedded resource above.')),
      ],
    }),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'With an image.' }, () => ({
    messages: [user(image), user(text('Please analyze the image above.'))],
  }))
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks first.' }, (context) => {
    const given = acceptedContent(context.mcpReq.inputResponses, 'user_context', z.object({ context: z.string() }))
    if (given !== undefined) return { messages: [user(text(given.context))] }
    const form = inputRequired.elicit({
      message: 'What context should the prompt use?',
      requestedSchema: { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] },
    })
    return inputRequired({ inputRequests: { user_context: form } })
  })
}
