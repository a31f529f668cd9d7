/** Which chart it is, and a time that people are shown. */
const telling = new Set(['chart', 'restartedAt', 'restartAt'])

/** Whether a value that is fixed for the execution is a choice that a person would want to know. */
export function isNotablePin(name: string): boolean {
  return telling.has(name)
}
