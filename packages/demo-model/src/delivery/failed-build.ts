/** What a console log of a failed build tells: the stage and the command that failed, and the line that says why. */
export type FailedBuild = { stage?: string; command?: string; line?: string }

/** These follow from a failure, or frame it. */
const consequences =
  /^(?:\[Pipeline\]|Finished:|ERROR: script returned exit code|Build step .* marked build as failure|npm (?:ERR!|error) (?:code|errno|path|command|A complete log|Lifecycle|Exit status|Test failed)|make: \*\*\*|Stage ".*" skipped|Sending |Notifying |Archiving |Recording |Post stage|\s*at |\d+ (?:passing|tests?))/i

/** In these words a program says what went wrong, the surest first. */
const causes = [
  /\bOutOfMemory|\bout of memory\b|\bNo space left\b|\bOOMKilled\b|\bKilled$/i,
  /\b(?:denied|unauthori[sz]ed|forbidden|authentication required|quota)\b/i,
  /\b(?:could not|cannot|can't|unable to|failed to) (?:resolve|connect|reach|find|pull|push|fetch|download|open)\b|\b(?:connection refused|timed out|timeout|no such host|not found|no such file)\b/i,
  /\b\w*(?:Error|Exception)\b(?:: .+)?|\berror(?:\[\w+\])?:? .+|\bfatal: .+|\bpanic: .+/i,
  /\b(?:FAIL(?:ED|URE)?|assert\w*|not ok)\b/i,
] as const

/** Reads the log from its end: the last command that ran is the one that failed. */
export function readFailedBuild(log: string): FailedBuild {
  const lines = log.split('\n').map((line) => line.replace(/^\[[^\]]*\d{2}:\d{2}:\d{2}[^\]]*\]\s*/, '').trimEnd())
  const end = lines.findLastIndex((line) =>
    /^(?:ERROR: script returned exit code|Build step .* marked build as failure)/.test(line),
  )
  const before = end < 0 ? lines : lines.slice(0, end)
  const started = before.findLastIndex((line) => /^\+ \S/.test(line))
  const opened = before.findLastIndex((line) => /^\[Pipeline\] \{ \(.+\)$/.test(line))
  const stage = /\((.+)\)$/.exec(before[opened] ?? '')?.[1]
  const command = started < opened ? undefined : before[started]?.slice(2)
  const said = before
    .slice(Math.max(started, opened) + 1)
    .filter((line) => line.trim() !== '' && !consequences.test(line))
  const line =
    causes.map((cause) => said.find((each) => cause.test(each))).find((each) => each !== undefined) ?? said.at(-1)
  return {
    ...(stage !== undefined && { stage }),
    ...(command !== undefined && { command }),
    ...(line !== undefined && { line: line.trim() }),
  }
}
