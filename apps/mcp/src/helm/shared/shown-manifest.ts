import type { KubeObject } from '../../effect/kube-object.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { redactObject } from '../../output/redact.ts'
import { cutItems } from '../../output/truncate.ts'
import { yamlText } from '../../output/yaml-text.ts'
import type { ToolResult } from '../../tool/define-tool.ts'

/** Objects of a chart as documents, Secrets masked, cut by whole ones. `narrow`: how to see less; `none`: said of no objects. */
export function shownManifest(
  objects: readonly KubeObject[],
  { settings: { revealSecrets, maxOutputChars } }: Pick<HelmContext, 'settings'>,
  { narrow, none }: { narrow: string; none: string },
): ToolResult {
  const documents = objects.map(
    (object) => `---\n${yamlText(redactObject(object, { reveal: revealSecrets })).trimEnd()}`,
  )
  const cut = cutItems(documents, { most: maxOutputChars, narrow, note: (text) => `# ${text}` })
  return {
    output: documents.length === 0 ? none : cut.output,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
  }
}
