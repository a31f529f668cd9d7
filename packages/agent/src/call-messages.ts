/** What the model reads in place of a result when a call has none. */
export const callMessages = {
  denied: (reason?: string | null) => `Tool call was denied by the user${reason ? `: ${reason}` : ''}`,
  expired: (hours: number) => `Tool call was denied: nobody approved it within ${hours} h`,
  newMessage: 'the user wrote a new message before anybody approved it',
  cancelled: (why: string) => `The call was not executed: ${why}. Verify before you propose it again.`,
  failed: (error: string) => `Tool error: ${error}`,
  unknown: (error: string) =>
    `Tool error: the outcome is unknown, the change may have taken effect. ${error} Look at the objects before anything else is done.`,
} as const
