const self =
  "I am Fairlead's **guided demo model**: a fixed set of rules that reads your cluster, and no language model."

const abilities = `What I can do, for any object and namespace of the connected cluster:

- say what is wrong and prove it: "why is checkout down?", "is everything healthy?"
- propose the change that mends it, which you approve or deny
- list and describe objects, read logs, events and the history of roll-outs
- propose a change that you order plainly: "scale cart in shop to 5", "restart mailer", "roll back web", "set the image
  of web to 2.4.1", "set the memory limit of web to 512Mi", "set LOG_LEVEL of web to debug", "pause the roll-out of web",
  "delete the job import", "create a deployment web with image nginx:1.29 in namespace shop", "create namespace blue"
- the same for Argo Rollouts, Helm and Jenkins, where they are: "list the rollouts", "promote rollout web in shop",
  "abort", "retry", "roll back rollout web"; "list the releases", "upgrade release web to 1.2.3 with image.tag=2", "roll
  back release web to revision 4"; "why did the build of shop/web fail?", "build shop/web with VERSION=2"
- take a plain line of kubectl that scales, restarts, rolls back, deletes, cordons or sets an image: it is proposed, too

I understand English. A question, a condition or a refusal is never an order.

To connect a real model, stop Fairlead and start it with \`LLM_MODEL\` and the key of its provider:

\`\`\`sh
LLM_MODEL=anthropic/<model> ANTHROPIC_API_KEY=<key> ./fairlead up
\`\`\``

/** What the demo model says of itself, and how to connect a real one. */
export const aboutDemo = `${self}\n\n${abilities}`

/** The same, when it was asked for anything else. */
export const beyondDemo = `${self} I did not understand this: it goes beyond what I can do.\n\n${abilities}`

/** The same, with the words that it does not know. */
export function beyondWords(words: readonly string[]): string {
  if (words.length === 0) return beyondDemo
  return `I did not understand ${listed(words)}: that is no name in this cluster and no word that I know, so this goes beyond what I can do. ${self}\n\n${abilities}`
}

/** What was asked about is not there. */
export function beyondNames(why: string): string {
  return `${why.trim()} To say how it is goes beyond what I can do. ${self}\n\n${abilities}`
}

/** What does not order a change, but speaks of one. */
export const noOrder = `I propose no change: I did not understand this as a plain order, but as a question about one, a condition, a report or a refusal. To judge a change, or to say what would come of it, goes beyond what I can do. ${self}\n\n${abilities}`

/** What was ordered has its place where nothing is. */
export function noPlace(why: string): string {
  return `${why.trim()} I propose no change: what I do not understand wholly goes beyond what I can do. ${self}\n\n${abilities}`
}

/** Beside an answer that tells how things are. */
export const noOrderBesideAnswer =
  'I propose no change: I did not understand this as a plain order, and to judge a change goes beyond what I can do.'

/** What begins as an order, and has more in it than was understood. */
export function notWhole(verb: string, words: readonly string[]): string {
  return `I propose no change: this begins as an order to ${verb}, but I did not understand all of it (${listed(words)}), and what I do not understand wholly goes beyond what I can do. Say it in one plain sentence. ${self}\n\n${abilities}`
}

export const cannotRead = (why: string) =>
  `I cannot read the cluster: ${why.trim()} Nothing can be said of it until it answers.`

export const tooMuchRead =
  'This is more than I, a demo model, can keep in view for one question. Ask about one namespace or one object.'

export const readInPart = 'Your message is long: I have read its beginning and its end, and left out what is between.'

/** Each between marks of its own. */
export function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word.replaceAll('`', "'")}\``).join(', ')
}
