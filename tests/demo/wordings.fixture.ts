/**
 * What a question is put together from: the place, and something that people notice there. No wording says a name that
 * an application may have by chance, as `orders` or `website`: the question would be about that one.
 */
export type Place = { ns: string; app: string }
export type Wording = { name: string; of(place: Place): string }

const named = (texts: Record<string, (place: Place) => string>): Wording[] =>
  Object.entries(texts).map(([name, of]) => ({ name, of }))

/** Questions that say where: they can be asked on a cluster that others use, too. */
export const placed: readonly Wording[] = named({
  plain: ({ ns, app }) => `Why is ${app} in ${ns} not working?`,
  'is broken': ({ ns, app }) => `${app} in ${ns} is broken, find out why`,
  down: ({ ns, app }) => `${app} is down (namespace ${ns})`,
  'what is wrong': ({ ns }) => `what's wrong in ${ns}?`,
  'anything wrong': ({ ns }) => `Is anything wrong in the ${ns} namespace?`,
  health: ({ ns }) => `health check for ${ns} please`,
  'all ok': ({ ns }) => `is everything ok in ${ns}`,
  'how is it doing': ({ ns, app }) => `how is ${app} doing in ${ns}?`,
  fix: ({ ns, app }) => `fix ${app} in ${ns}`,
  'make it work': ({ ns, app }) => `can you please make ${app} work again in namespace ${ns}`,
  'typo in verb': ({ ns, app }) => `plaese chekc ${app} in ${ns}, it is not wroking`,
  'typo in trouble': ({ ns }) => `somethign seems brokn in ${ns}`,
  'typo in namespace word': ({ ns, app }) => `diagnoze ${app} in namepsace ${ns}`,
  'typo in name': ({ ns, app }) => `why is ${slip(app)} unhealthy in ${ns}?`,
  'no spaces around': ({ ns, app }) => `${ns}/${app}: what happened?`,
  capitals: ({ ns, app }) => `WHY IS ${app.toUpperCase()} FAILING IN ${ns.toUpperCase()}???`,
  terse: ({ ns, app }) => `${app} ${ns} broken why`,
  'one word and place': ({ ns }) => `status ${ns}`,
  users: ({ ns }) => `Users of ${ns} are complaining since this morning. Any idea?`,
  'white page': ({ ns }) => `People only see a blank page when they open the site that runs in ${ns}`,
  'errors 503': ({ ns }) => `we get a lot of 503 responses from the stuff in ${ns}`,
  slow: ({ ns }) => `everything feels sluggish in ${ns} today`,
  pager: ({ ns }) => `I just got paged for ${ns}, what is going on there?`,
  'boss asks': ({ ns }) => `my boss wants to know whether ${ns} is healthy, can you have a look`,
  wordy: ({ ns, app }) =>
    `Hi there! So I was just about to leave for lunch when a colleague came over and told me that apparently something is not quite right with ${app}, which as far as I know lives in the namespace ${ns}. I have not touched anything. Could you maybe take a look at it and tell me what the root cause is, and what we can do about it? Thanks a lot!`,
  'wordy and vague': ({ ns }) =>
    `Good morning. I am fairly new to this team and do not know my way around yet, but there seem to be some problems in ${ns} and nobody else is available at the moment, so I would be very grateful if you could look into it for me.`,
  'after deploy': ({ ns, app }) => `since we deployed ${app} to ${ns} nothing goes right any more`,
  'pods crash': ({ ns }) => `which pods in ${ns} are in trouble?`,
  'not ready': ({ ns, app }) => `pods of ${app} in ${ns} never get ready or it cannot be reached, whatever`,
  unreachable: ({ ns, app }) => `I can't reach ${app} in ${ns}`,
  timeouts: ({ ns, app }) => `requests to ${app} time out (${ns})`,
  acting: ({ ns, app }) => `${app} in ${ns} is acting up again`,
  'root cause': ({ ns }) => `root cause analysis for the incident in ${ns}`,
  investigate: ({ ns, app }) => `investigate ${app} @ ${ns}`,
  'tell me': ({ ns, app }) => `tell me why ${app} misbehaves in ${ns}`,
  'kind named': ({ ns, app }) => `the ${app} app in the ${ns} namespace has issues`,
  debug: ({ ns, app }) => `debug ${app} for me, namespace: ${ns}`,
  'no question': ({ ns, app }) => `${app} of ${ns} gives me headaches`,
  'rude and short': ({ ns }) => `${ns} is on fire, do something!!`,
  'deployment stuck': ({ ns }) => `something in ${ns} looks stuck`,
  alerts: ({ ns }) => `alerts are firing for ${ns}, please triage`,
  'quotes and colon': ({ ns, app }) => `"${app}" in "${ns}": diagnose it and propose a fix`,
  polite: ({ ns, app }) => `would you be so kind as to see what ails ${app} in ${ns}?`,
  'customers and shop': ({ ns }) => `customers cannot buy a thing, the shop runs in ${ns}`,
  'two sentences': ({ ns, app }) => `Something happened to ${app}. It runs in ${ns}.`,
  'lower typos all over': ({ ns, app }) => `teh ${app} servce in ${ns} dosent anser, wat shuld i do`,
})

/** Questions that do not say where. */
export const unplaced: readonly Wording[] = named({
  'anything broken': () => `is anything broken?`,
  'how are things': () => `How are things in the cluster?`,
  'all fine': () => `all fine?`,
  'help it is down': () => `help, production is down!`,
  'shop does not work': () => `the shop does not work any more`,
  'what is failing': () => `what is failing right now`,
  'nobody can buy': () => `nobody can buy anything since ten minutes ago`,
  'name alone': ({ app }) => `${app}?`,
  'name and why': ({ app }) => `why is ${app} sick`,
  'fix name': ({ app }) => `get ${app} back up`,
  'something off': () => `something's off, can you check`,
  'errors everywhere': () => `I see errors everywhere`,
  incident: () => `We have an incident. Find the cause and repair it.`,
  'slow site': () => `the site is super slow and sometimes gives erors`,
  'status report': () => `give me a status report`,
  'on call handover': () => `I am taking over on-call, does anything need my attention?`,
})

/** Two neighbouring letters in the middle swapped. */
function slip(word: string): string {
  const at = Math.floor(word.length / 2) - 1
  if (word.length < 5 || !/^[a-z]{2}$/.test(word.slice(at, at + 2))) return word
  return `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`
}
