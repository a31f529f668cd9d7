import type { Config } from '../config.ts'
import { families } from '../families.ts'
import type { Tool } from '../tool/define-tool.ts'

type Choice = Pick<Config, 'mode' | 'toolsets' | 'enabledTools' | 'disabledTools' | 'disableDestructive' | 'allowsExec'>

/** Of these families every tool is about a cluster. */
const ofClusters = /^(?:k8s|helm|argo)_/

/** In their families' order; a mode, a filter or a need that is not met leaves tools out as if they did not exist. */
export function chooseTools(
  { mode, toolsets, enabledTools, disabledTools, disableDestructive, allowsExec }: Choice,
  { hasSeveralClusters }: { hasSeveralClusters: boolean },
): readonly Tool[] {
  const isMet = { 'several-clusters': hasSeveralClusters, exec: allowsExec }
  return families
    .flatMap(({ name, tools }) =>
      tools.filter(({ group = name }) => toolsets.includes('all') || toolsets.includes(group)),
    )
    .filter(({ needs }) => needs === undefined || isMet[needs])
    .filter(({ changes }) => mode !== 'read-only' || changes === 'nothing')
    .filter(({ annotations }) => !disableDestructive || annotations.destructiveHint === false)
    .filter(({ name }) => enabledTools === undefined || enabledTools.includes(name))
    .filter(({ name }) => !disabledTools.includes(name))
    .map((tool) => (hasSeveralClusters && ofClusters.test(tool.name) ? tool.withContext() : tool))
}
