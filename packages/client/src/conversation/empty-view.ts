import type { ConversationView } from './conversation-view.ts'

export function emptyView(): ConversationView {
  return {
    messages: [],
    run: undefined,
    title: undefined,
    model: undefined,
    notice: undefined,
    marks: {
      applied: {},
      generation: undefined,
      revisions: {},
      recorded: {},
      isUsageRecorded: false,
      serverTime: undefined,
    },
  }
}
