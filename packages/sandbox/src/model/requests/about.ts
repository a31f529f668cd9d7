/** What the demo model says of itself, and how to connect a real one. */
export const aboutDemo = `I am Fairlead's **guided demo model**: a fixed set of rules that reads your cluster, and no language model. This goes beyond what I can do.

What I can do, for any object and namespace of the connected cluster:

- say what is wrong and prove it: "why is checkout down?", "is everything healthy?"
- propose the change that mends it, which you approve or deny
- list objects, read logs and events
- scale, restart, roll back, set an image, delete

To connect a real model, stop Fairlead and start it with \`LLM_MODEL\` and the key of its provider:

\`\`\`sh
LLM_MODEL=anthropic/<model> ANTHROPIC_API_KEY=<key> ./fairlead up
\`\`\``

export const cannotRead = (why: string) =>
  `I cannot read the cluster: ${why.trim()} Nothing can be said of it until it answers.`

export const tooMuchRead =
  'This is more than I, a demo model, can keep in view for one question. Ask about one namespace or one object.'
