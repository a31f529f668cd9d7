/** What a name ends in whose text is a secret. Names of Secrets (`secretName`) and counts of tokens are none. */
export const secretFieldEnd =
  'password|passwd|passphrase|secret|token|(?:api|private|access)[_-]?key|authorization|cookie|credentials?|connection[_-]?string'

const secretField = new RegExp(`(?:${secretFieldEnd})$`, 'i')

/** Whether a text in a field of that name is a secret. */
export function isSecretField(name: string): boolean {
  return secretField.test(name)
}

const telling =
  /pass(?:word|wd|phrase)?|secret|token|(?:api|private|access)[-_]?key|credential|dsn|connection[-_]?string/i

/** Whether the name that people gave to a setting, a variable or a header says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return telling.test(name) || isSecretField(name)
}
