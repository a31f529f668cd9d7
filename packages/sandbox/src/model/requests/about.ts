const self =
  "I am Fairlead's **guided demo model**: a fixed set of rules that reads your cluster, and no language model."

const abilities = `What I can do, for any object and namespace of the connected cluster:

- say what is wrong and prove it: "why is checkout down?", "is everything healthy?"
- propose the change that mends it, which you approve or deny
- list and describe objects, read logs, events and the history of roll-outs
- scale, restart, roll back, set an image, delete

To connect a real model, stop Fairlead and start it with \`LLM_MODEL\` and the key of its provider:

\`\`\`sh
LLM_MODEL=anthropic/<model> ANTHROPIC_API_KEY=<key> ./fairlead up
\`\`\``

/** What the demo model says of itself, and how to connect a real one. */
export const aboutDemo = `${self}\n\n${abilities}`

/** The same, when it was asked for anything else. */
export const beyondDemo = `${self} This goes beyond what I can do.\n\n${abilities}`

export const cannotRead = (why: string) =>
  `I cannot read the cluster: ${why.trim()} Nothing can be said of it until it answers.`

export const tooMuchRead =
  'This is more than I, a demo model, can keep in view for one question. Ask about one namespace or one object.'

export const readInPart = 'Your message is long: I have read its beginning and its end, and left out what is between.'
