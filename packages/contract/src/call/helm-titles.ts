import { type Args, inPlace, listed, place, type Titles, text } from './argument-words.ts'

export const helmTitles: Titles = {
  helm_list_releases: (args) => inPlace('Helm releases', args),
  helm_status: (args) => ofRelease('state of Helm release', args),
  helm_history: (args) => ofRelease('revisions of Helm release', args),
  helm_get_values: (args) => ofRelease('values of Helm release', args),
  helm_get_manifest: (args) => ofRelease('manifest of Helm release', args),
  helm_get_notes: (args) => ofRelease('notes of Helm release', args),
  helm_get_hooks: (args) => ofRelease('hooks of Helm release', args),
  helm_diff: (args) => ofRelease('what differs between revisions of Helm release', args),
  helm_show_values: (args) => ofChart('default values of', args),
  helm_template: (args) => ofChart('what comes of', args),
  helm_lint: (args) => ofChart('faults of', args),
  helm_search_repo: (args) => {
    const keyword = text(args, 'keyword')
    return keyword === undefined ? undefined : `Helm charts matching ${keyword}`
  },
  helm_list_repos: () => 'Helm repositories',
}

function ofRelease(what: string, args: Args): string | undefined {
  const name = text(args, 'release_name')
  return name === undefined ? undefined : listed([`${what} ${name}`, place(args, 'of')], ' ')
}

function ofChart(what: string, args: Args): string | undefined {
  const chart = text(args, 'chart')
  return chart === undefined ? undefined : `${what} Helm chart ${chart}`
}
