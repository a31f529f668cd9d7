/**
 * Goes with every request of the page that changes something. A page elsewhere cannot send it without asking first, and
 * the page's server answers no such question.
 */
export const csrfHeader = { 'x-fairlead-csrf': '1' } as const
