import { type Args, inPlace, listed, place, type Titles, text } from './argument-words.ts'

export const argoTitles: Titles = {
  argo_list_rollouts: (args) => inPlace('Rollouts', args),
  argo_status: (args) => ofRollout('state of Rollout', args),
  argo_describe: (args) => ofRollout('Rollout', args, ' with its steps, pods and events'),
  argo_history: (args) =>
    ofRollout(
      typeof args.revision === 'number' ? `revision ${args.revision} of Rollout` : 'revisions of Rollout',
      args,
    ),
  argo_list_experiments: (args) => {
    const rollout = text(args, 'rollout_name')
    return inPlace(rollout === undefined ? 'Experiments' : `Experiments of Rollout ${rollout}`, args)
  },
  argo_list_analysisruns: (args) => inPlace('AnalysisRuns', args),
  argo_get_analysisrun: (args) => ofRollout('AnalysisRun', args, ' with its measurements'),
  argo_cd_list_apps: (args) => inPlace('Argo CD applications', args),
  argo_cd_get_app: (args) => ofRollout('Argo CD application', args),
  argo_cd_diff_app: (args) => ofRollout('what Argo CD would change in application', args),
}

function ofRollout(what: string, args: Args, behind = ''): string | undefined {
  const name = text(args, 'name')
  return name === undefined ? undefined : listed([`${what} ${name}${behind}`, place(args, 'of')], ' ')
}
