import { expect, type Page } from '@playwright/test'
import { chatPage } from './chat-page.fixture.ts'
import { see } from './see.fixture.ts'
import { callOf, effectOf, ended, type StreamedEvents } from './streamed-run.fixture.ts'

/** What is told, and what a person then sees; in this order they are one run. */
export type RunRow = { name: string; events: StreamedEvents; see(page: Page): Promise<void> }

const changes = ['W1', 'W2', 'W3', 'W4'] as const
const summaries = { W1: 'scale web 1 -> 3', W2: 'scale api 1 -> 3', W3: 'scale db 1 -> 3', W4: 'scale cart 1 -> 3' }
const read = callOf()
const write = (call_id: (typeof changes)[number]) =>
  callOf({ call_id, tool: 'k8s_scale', title: 'Scale', args: { name: call_id, replicas: 3 } })
const waiting = (call_id: (typeof changes)[number], more: Record<string, unknown> = {}) => ({
  ...write(call_id),
  ...effectOf(summaries[call_id]),
  ...{ revision: 1, expires_at: null, votes: [], policies: [], context: {} },
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  ...more,
})
const two = { approvers: 2, not_requester: false, reason: false, passkey: false }
const by = 'bob@example.com'
const usage = { model: 'other/model', cached_tokens: null }

const step = (page: Page, index: number) => chatPage(page).strip.getByRole('listitem').nth(index)
const card = (page: Page, call_id: (typeof changes)[number]) => chatPage(page).card(summaries[call_id]).root
const answer = (page: Page) => page.getByRole('article').filter({ has: page.getByRole('heading', { name: /^Answer/ }) })
const output = (page: Page) => page.getByRole('region', { name: 'Output of Read logs' })

export const runRows: readonly RunRow[] = [
  {
    name: 'ready',
    events: [['ready', {}]],
    see: async (page) => {
      await see(page.getByText('Sending…')).toHaveCount(0)
      await see(chatPage(page).stopButton).toBeEnabled()
      await see(page.getByText('Waiting for the model')).toBeVisible()
    },
  },
  {
    name: 'generation.start',
    events: [['generation.start', { model: 'other/model', tools_available: 3 }]],
    see: (page) => see(page.getByRole('banner').getByText('other/model')).toBeVisible(),
  },
  {
    name: 'thinking and token of a generation that will be void',
    events: [
      ['thinking', { text: 'A first thought.' }],
      ['token', { text: 'A first word.', tokens_generated: 1 }],
    ],
    see: (page) => see(page.getByText('A first word.')).toBeVisible(),
  },
  {
    name: 'generation.start once more, without a completion: the words since are void',
    events: [['generation.start', { model: 'other/model', tools_available: 3 }]],
    see: async (page) => {
      await see(page.getByText('A first word.')).toHaveCount(0)
      await see(page.getByRole('button', { name: /^Thought/ })).toHaveCount(0)
    },
  },
  {
    name: 'thinking',
    events: [
      ['thinking', { text: 'Hm, grü' }],
      ['thinking', { text: 'ße 🌍?' }],
    ],
    see: async (page) => {
      await see(page.getByRole('button', { name: 'Thinking' })).toHaveAttribute('aria-expanded', 'true')
      await see(page.getByText('Hm, grüße 🌍?')).toBeVisible()
      await see(page.getByText('Waiting for the model')).toHaveCount(0)
    },
  },
  {
    name: 'thinking.complete',
    events: [['thinking.complete', { content: 'Hm, grüße 🌍.', duration_ms: 850 }]],
    see: async (page) => {
      const thought = page.getByRole('button', { name: 'Thought for 850ms' })
      await see(thought).toHaveAttribute('aria-expanded', 'false')
      await thought.click()
      await see(page.getByText('Hm, grüße 🌍.')).toBeVisible()
    },
  },
  {
    name: 'rate_limit',
    events: [['rate_limit', { retry_in: 30, attempt: 1, max_retries: 3 }]],
    see: (page) => see(page.getByText(/The model is busy, retry in \d+ s \(1\/3\)/)).toBeVisible(),
  },
  {
    name: 'transient_error',
    events: [['transient_error', { error: 'The line is bad', retry_in: 30, attempt: 2 }]],
    see: (page) => see(page.getByText(/The line is bad.*retry in \d+ s \(.*2/)).toBeVisible(),
  },
  {
    name: 'token',
    events: [
      ['token', { text: 'All **is', tokens_generated: 1 }],
      ['token', { text: ' well** — 👍', tokens_generated: 2 }],
    ],
    see: async (page) => {
      await see(page.getByText('All is well — 👍')).toBeVisible()
      await see(page.getByRole('strong').filter({ hasText: 'is well' })).toBeVisible()
      await see(page.getByText(/retry in/)).toHaveCount(0)
    },
  },
  {
    name: 'generation.complete that says another text',
    events: [
      ['generation.complete', { content: 'All **is well** — 👍, I scale.', tokens_generated: 3, tool_calls: 5 }],
    ],
    see: (page) => see(page.getByText('All is well — 👍, I scale.')).toBeVisible(),
  },
  {
    name: 'tools.pending',
    events: [
      [
        'tools.pending',
        {
          tools: [
            { ...read, class: 'read', requires_approval: false },
            ...changes.map((id) => ({ ...write(id), class: 'write', requires_approval: true })),
          ],
        },
      ],
    ],
    see: async (page) => {
      await see(step(page, 0)).toContainText('4 changes, 1 read')
      await see(chatPage(page).row('Logs of web-1')).toContainText('Pending')
      await see(chatPage(page).row(/Scale/)).toHaveCount(4)
    },
  },
  {
    name: 'tool.executing of a read',
    events: [['tool.executing', read]],
    see: async (page) => {
      await see(chatPage(page).row('Logs of web-1')).toContainText('Executing…')
      await see(step(page, 2)).toContainText('1 of 5')
    },
  },
  {
    name: 'tool.progress as a notice',
    events: [['tool.progress', { call_id: 'call_1', seq: 1, stream: 'status', text: 'looking for it' }]],
    see: (page) => see(page.getByText('looking for it')).toBeVisible(),
  },
  {
    name: 'tool.progress in the words of other servers',
    events: [['tool.progress', { call_id: 'call_1', message: 'half way there', progress: 50 }]],
    see: async (page) => {
      await see(page.getByText('half way there')).toBeVisible()
      await see(page.getByText('looking for it')).toHaveCount(0)
    },
  },
  {
    name: 'tool.progress',
    events: [
      ['tool.progress', { call_id: 'call_1', seq: 2, stream: 'stdout', text: 'one line\nano' }],
      ['tool.progress', { call_id: 'call_1', seq: 3, stream: 'stdout', text: 'ther line\n' }],
    ],
    see: (page) => see(output(page)).toContainText('another line'),
  },
  {
    name: 'tool.result of a read',
    events: [['tool.result', { ...read, result: [{ type: 'text', text: 'one line\nanother line' }] }]],
    see: (page) => see(chatPage(page).row('Logs of web-1')).toContainText('2 lines'),
  },
  {
    name: 'tool.awaiting_approval',
    events: [['tool.awaiting_approval', waiting('W1', { required: two })]],
    see: async (page) => {
      await see(chatPage(page).card(summaries.W1).approve).toBeVisible()
      await see(card(page, 'W1')).toContainText('0 of 2 approvals')
      await see(step(page, 1)).toContainText('0 of 2 votes')
      await see(page.getByText('Approval needed: Scale')).toHaveCount(1)
    },
  },
  {
    name: 'approval.vote',
    events: [['approval.vote', { call_id: 'W1', given: 1, required: 2, by: 'carol@example.com' }]],
    see: async (page) => {
      await see(card(page, 'W1')).toContainText('1 of 2 approvals')
      await see(card(page, 'W1')).toContainText('carol@example.com')
      await see(step(page, 1)).toContainText('1 of 2 votes')
    },
  },
  {
    name: 'tool.approved',
    events: [['tool.approved', { ...write('W1'), decided_by: by, revision: 1 }]],
    see: async (page) => {
      await see(card(page, 'W1')).toContainText(`approved by ${by}`)
      await see(chatPage(page).card(summaries.W1).approve).toHaveCount(0)
    },
  },
  {
    name: 'tool.stale',
    events: [
      ['tool.executing', write('W1')],
      ['tool.stale', { ...write('W1'), reason: 'replicas had changed', revision: 1 }],
    ],
    see: (page) => see(step(page, 1)).toContainText('changed since, asked again'),
  },
  {
    name: 'tool.awaiting_approval of the next revision',
    events: [['tool.awaiting_approval', waiting('W1', { ...effectOf(summaries.W1, 'f'), revision: 2 })]],
    see: async (page) => {
      await see(card(page, 'W1')).toContainText('revision 2, asked again')
      await see(card(page, 'W1')).toContainText('replicas had changed')
      await see(card(page, 'W1')).toContainText('Nothing was written')
      await see(chatPage(page).card(summaries.W1).approve).toBeVisible()
    },
  },
  {
    name: 'tool.executing of a write',
    events: [
      ['tool.approved', { ...write('W1'), decided_by: by, revision: 2 }],
      ['tool.executing', write('W1')],
    ],
    see: async (page) => {
      await see(card(page, 'W1')).toContainText('Executing…')
      await see(step(page, 2)).toHaveAttribute('aria-current', 'step')
    },
  },
  {
    name: 'tool.result of a write',
    events: [['tool.result', { ...write('W1'), result: [{ type: 'text', text: 'scaled' }], outcome: 'succeeded' }]],
    see: async (page) => {
      await see(card(page, 'W1')).toContainText('Being read back')
      await see(step(page, 3)).toContainText('checking')
    },
  },
  {
    name: 'tool.verified',
    events: [['tool.verified', { call_id: 'W1', verdict: 'as_approved', objects: [], waited_ms: 10 }]],
    see: (page) => see(card(page, 'W1')).toContainText('As approved'),
  },
  {
    name: 'tool.denied',
    events: [
      ['tool.awaiting_approval', waiting('W2')],
      ['tool.denied', { ...write('W2'), decided_by: by, reason: 'not on a Friday' }],
    ],
    see: async (page) => {
      await see(card(page, 'W2')).toContainText(`denied by ${by}`)
      await see(card(page, 'W2')).toContainText('not on a Friday')
    },
  },
  {
    name: 'tool.error',
    events: [
      ['tool.awaiting_approval', waiting('W3')],
      ['tool.approved', { ...write('W3'), decided_by: by, revision: 1 }],
      ['tool.executing', write('W3')],
      ['tool.error', { ...write('W3'), error: 'quota exceeded', outcome: 'failed' }],
    ],
    see: (page) => see(card(page, 'W3')).toContainText('failed: quota exceeded'),
  },
  {
    name: 'tool.error of unknown outcome',
    events: [
      ['tool.awaiting_approval', waiting('W4')],
      ['tool.approved', { ...write('W4'), decided_by: by, revision: 1 }],
      ['tool.executing', write('W4')],
      ['tool.error', { ...write('W4'), error: 'the line broke', outcome: 'unknown' }],
    ],
    see: async (page) => {
      await see(card(page, 'W4')).toContainText('This change may or may not have taken effect. It was not sent again.')
      await see(step(page, 2)).toContainText('outcome unknown')
    },
  },
  {
    name: 'ttft; heartbeat and what nobody knows change nothing',
    events: [
      ['heartbeat', {}],
      ['something.new', { what: 'now' }],
      ['ttft', { duration: 420 }],
    ],
    see: async (page) => {
      await see(page.getByRole('list', { name: 'Token usage' })).toContainText('Time to the first token: 420ms')
      await see(answer(page)).toHaveCount(1)
      await see(chatPage(page).stopButton).toBeVisible()
    },
  },
  {
    name: 'token.usage of the answer, and of a side question',
    events: [
      ['token.usage', { source: 'turn_check', ...usage, prompt_tokens: 7, completion_tokens: 70, total_tokens: 77 }],
      ['token.usage', { source: 'main', ...usage, prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 }],
    ],
    see: (page) => see(page.getByRole('list', { name: 'Token usage' })).toContainText('1,234 tokens in all'),
  },
  {
    name: 'conversation.title.generated',
    events: [['conversation.title.generated', { title: 'The shop is scaled' }]],
    see: (page) => see(page).toHaveTitle(/The shop is scaled/),
  },
  {
    name: 'completed, and what comes after it',
    events: [...ended, ['token', { text: ' Too late.', tokens_generated: 1 }]],
    see: async (page) => {
      await see(chatPage(page).stopButton).toHaveCount(0)
      await see(answer(page).getByRole('button', { name: /^Copy/ }).first()).toBeVisible()
    },
  },
  {
    name: 'workflow_complete',
    events: [['workflow_complete', { status: 'completed', result: { done: true } }]],
    see: async (page) => {
      await see(page.getByText('Too late.')).toHaveCount(0)
      await see(page.getByText('All is well — 👍, I scale.')).toHaveCount(1)
      await see(answer(page).getByText('Failed', { exact: true })).toHaveCount(0)
      expect(await chatPage(page).composer.isEnabled()).toBe(true)
    },
  },
]
