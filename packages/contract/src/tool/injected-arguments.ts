/**
 * Arguments that the engine sets from an integration and the model never sees. Left out of `args_digest`, part of
 * `final_args_sha256`. One table for both sides.
 */
export const injectedArguments: ReadonlySet<string> = new Set(['api_url', 'credentials_ref'])
