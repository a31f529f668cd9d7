import { Refusal, SchemaRefusal } from '@fairlead/contract/errors'

/** What the tool server signs in with, and where. */
export type JenkinsLogin = { username: string; apiToken: string; url: string }

const userNames = ['username', 'user']
const tokenNames = ['api_token', 'api-token', 'token']
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const unclean = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Throws Refusal `jenkinsCredentials` or `credentialsUnclean`. */
export function readLogin(credentials: Readonly<Record<string, string>>): Omit<JenkinsLogin, 'url'> {
  const valueNamed = (names: readonly string[]) => names.map((name) => credentials[name]).find((value) => value?.trim())
  const [username, apiToken] = [valueNamed(userNames), valueNamed(tokenNames)]
  if (username === undefined || apiToken === undefined) throw new Refusal('jenkinsCredentials')
  if (unclean.test(username) || unclean.test(apiToken)) throw new Refusal('credentialsUnclean')
  return { username: username.trim(), apiToken: apiToken.trim() }
}

/** The address in its normal form, without a slash at its end. Throws SchemaRefusal. */
export function readApiUrl(metadata: Readonly<Record<string, unknown>> | null | undefined): string {
  const given = metadata?.api_url
  const url = typeof given === 'string' && URL.canParse(given.trim()) ? new URL(given.trim()) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url !== undefined && isHttp && !(url.username || url.password || url.search || url.hash))
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  const msg = 'Must be an address of http or https, without a user name, a query or a fragment'
  throw new SchemaRefusal([{ type: 'value_error', loc: ['body', 'metadata', 'api_url'], msg, input: given ?? null }])
}
