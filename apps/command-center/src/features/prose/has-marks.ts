/** Characters that begin or end a mark, a link, an entity or a table somewhere. */
const marks = /[\\`*_~[\]<>&|#@\0]|:\/\/|www\./i
/** What makes a line more than words of its paragraph: a list, an underline, the rule of a table, the indent of code. */
const lineStarts = /^(?:[ \t]*(?:[-+=:]|\d{1,9}[.)])| *\t| {4})/m
const lineEnds = / {2}\r?\n|\r(?!\n)/

/** Whether a block could be anything but a paragraph of words to a Markdown parser; what has marks may still be one. */
export function hasMarks(block: string): boolean {
  return marks.test(block) || lineStarts.test(block) || lineEnds.test(block)
}
