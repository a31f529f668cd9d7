/** What is still over its limit. A count may only fall; the file goes when all are at their limit. */
export const ratchet: Readonly<Record<string, number>> = {
  'import cycles': 1,
  'crowded folders': 1,
  'functions over 120 lines': 3,
  'banned names': 195,
}
