import { type CallDependencies, createCallAnswerer } from '../call/answer-call.ts'
import type { CallAnswerer } from '../call/call-request.ts'
import type { Config } from '../config.ts'
import type { Tool } from '../tool/define-tool.ts'
import type { ToolList } from '../transport/server.ts'
import { chooseTools } from './choose-tools.ts'

/** The tools, and what answers their calls. */
export type Surface = {
  tools: ToolList
  answer: CallAnswerer
  /** Takes over the level of the log, the tools, denied kinds and the length of answers. */
  reload(config: Config): void
}

export function createSurface(config: Config, deps: Omit<CallDependencies, 'tools'>): Surface {
  const hasSeveralClusters = deps.clusters.all.length > 1
  const listeners = new Set<() => void>()
  let tools = chooseTools(config, { hasSeveralClusters })
  // Calls under way end as they began. The gate is the same before and after: nothing of it is made anew.
  const answererOf = ({ deniedKinds: denied, maxOutputChars }: Config): CallAnswerer =>
    createCallAnswerer({
      ...deps,
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      scope: { ...deps.scope, denied },
      settings: { ...deps.settings, maxOutputChars },
    })
  let answer = answererOf(config)
  return {
    tools: {
      current: () => tools,
      onChange: config.reloads
        ? (listener) => {
            listeners.add(listener)
            return () => void listeners.delete(listener)
          }
        : undefined,
    },
    answer: (request) => answer(request),
    reload(wanted) {
      const chosen = chooseTools(wanted, { hasSeveralClusters })
      const isSame = isSameList(chosen, tools)
      if (!isSame) tools = chosen
      answer = answererOf(wanted)
      deps.log.level = wanted.logLevel
      if (!isSame) for (const listener of listeners) listener()
    },
  }
}

function isSameList(left: readonly Tool[], right: readonly Tool[]): boolean {
  return left.length === right.length && left.every(({ name }, index) => right[index]?.name === name)
}
