// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const unclean = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Why a user name or a token cannot be one. */
export function loginFault(value: string): string | undefined {
  return unclean.test(value) ? 'It must not have control characters or line breaks in it.' : undefined
}

/** Why an address cannot be one. */
export function addressFault(value: string): string | undefined {
  const text = value.trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return 'It must be an address of https or http.'
  if (url.username !== '' || url.password !== '') return 'It must not have a user name or a password in it.'
  if (url.search !== '' || url.hash !== '') return 'It must not have a query or a fragment in it.'
  return undefined
}
