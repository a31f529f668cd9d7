import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

type Style = (text: string) => string

/** What colours mean here: `ask` a person must act, `good` was checked, `loss` is lost or failed, `add` and `del` a diff. */
export type Colours = Record<'ask' | 'good' | 'loss' | 'add' | 'del' | 'quiet' | 'strong', Style>

const styles = {
  ask: 'yellow',
  good: 'green',
  loss: 'red',
  add: 'green',
  del: 'red',
  quiet: 'dim',
  strong: 'bold',
} as const satisfies Record<keyof Colours, Parameters<typeof styleText>[0]>

/** Colours for a terminal; none for a file or a pipe, and none where NO_COLOR is set. */
export function coloursFor(stream: Writable & { isTTY?: boolean }, env: NodeJS.ProcessEnv): Colours {
  const isOn = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const style = (name: keyof typeof styles): Style =>
    isOn ? (text) => styleText(styles[name], text, { validateStream: false }) : (text) => text
  return {
    ask: style('ask'),
    good: style('good'),
    loss: style('loss'),
    add: style('add'),
    del: style('del'),
    quiet: style('quiet'),
    strong: style('strong'),
  }
}
