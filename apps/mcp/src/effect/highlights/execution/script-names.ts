const ofScript = /\.(?:sh|bash|ash|zsh|ksh|py|rb|pl|php|js|mjs|cjs|ts|lua|tcl|awk|ps1|bat|cmd|groovy|sql)$/i

/** Whether a file is called as those are that are there to be run. */
export function isScriptName(name: string): boolean {
  return ofScript.test(name)
}

/** Where images keep what they start by themselves, and what their shells and their loader read. */
const places = [
  /entrypoint/i,
  /\/s?bin\/[^/]+$/,
  /^\/(?:usr\/(?:local\/)?)?lib(?:32|64|exec)?\//,
  /^\/etc\/(?:init|cron|profile|rc|bash|zsh|environment|ld\.so)/,
  /^\/(?:init|start|run|main)[^/.]*$/,
  /\/\.\w*(?:rc|profile|login)$/,
]

/** Whether a file at this path of a container is run, though no command says so. */
export function isStartedFrom(path: string): boolean {
  return isScriptName(path) || places.some((place) => place.test(path))
}
