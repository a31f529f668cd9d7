import type { Tool } from '../tool/define-tool.ts'
import type { Family } from '../tool/family.ts'
import { helmDiff } from './read/diff.ts'
import { helmGetHooks } from './read/get-hooks.ts'
import { helmGetManifest } from './read/get-manifest.ts'
import { helmGetNotes } from './read/get-notes.ts'
import { helmGetValues } from './read/get-values.ts'
import { helmHistory } from './read/history.ts'
import { helmLint } from './read/lint.ts'
import { helmListReleases } from './read/list-releases.ts'
import { helmListRepos } from './read/list-repos.ts'
import { helmSearchRepo } from './read/search-repo.ts'
import { helmShowValues } from './read/show-values.ts'
import { helmStatus } from './read/status.ts'
import { helmTemplate } from './read/template.ts'
import { helmInstall } from './write/install.ts'
import { helmInstallWithValues } from './write/install-with-values.ts'
import { helmRepoAdd } from './write/repo-add.ts'
import { helmRepoRemove } from './write/repo-remove.ts'
import { helmRepoUpdate } from './write/repo-update.ts'
import { helmRollback } from './write/rollback.ts'
import { helmTest } from './write/test.ts'
import { helmUninstall } from './write/uninstall.ts'
import { helmUpgrade } from './write/upgrade.ts'

/** Those that look, then those that change; behind them what is off by default. */
const tools: readonly Tool[] = [
  helmListReleases,
  helmStatus,
  helmHistory,
  helmGetValues,
  helmGetManifest,
  helmShowValues,
  helmSearchRepo,
  helmTemplate,
  helmInstall,
  helmInstallWithValues,
  helmUpgrade,
  helmRollback,
  helmUninstall,
  helmRepoAdd,
  helmRepoRemove,
  helmRepoUpdate,
  helmDiff,
  helmGetNotes,
  helmGetHooks,
  helmListRepos,
  helmLint,
  helmTest,
]

/** Releases, read from their records; charts, by the helm program. */
export const helm: Family = { name: 'helm', tools }
