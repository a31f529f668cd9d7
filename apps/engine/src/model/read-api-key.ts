import { splitModelId } from './model-settings.ts'

/** Names beside `<PROVIDER>_API_KEY`, for providers that call their key something else. */
const otherNames: readonly [provider: RegExp, name: string][] = [
  [/^huggingface$/, 'HF_TOKEN'],
  [/^databricks$/, 'DATABRICKS_TOKEN'],
  [/^clarifai$/, 'CLARIFAI_PAT'],
  [/^(ibm|watsonx)$/, 'IBM_API_KEY'],
  [/^(jina|jinaai)$/, 'JINAAI_API_KEY'],
  [/^(perplexity|perplexityai)$/, 'PERPLEXITYAI_API_KEY'],
  [/^fireworks/, 'FIREWORKS_AI_API_KEY'],
  [/^together/, 'TOGETHERAI_API_KEY'],
  [/^featherless/, 'FEATHERLESS_AI_API_KEY'],
  [/^(nvidia|nim)$/, 'NVIDIA_NGC_API_KEY'],
  [/^alephalpha$/, 'ALEPHALPHA_API_KEY'],
]

/** Environment names that may hold the key for `LLM_MODEL`, in the order they are tried. */
export function apiKeyNames(id: string): string[] {
  const { provider } = splitModelId(id)
  const own = `${provider.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_API_KEY`
  return [own, ...otherNames.filter(([pattern]) => pattern.test(provider)).map(([, name]) => name)]
}

/** The key for `LLM_MODEL`; an empty variable counts as unset. */
export function readApiKey(id: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  return apiKeyNames(id)
    .map((name) => env[name])
    .find((key) => key !== undefined && key !== '')
}
