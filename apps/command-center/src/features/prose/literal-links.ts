import type { CompileContext, Extension, Token } from 'mdast-util-from-markdown'

function enterValue(this: CompileContext, token: Token) {
  this.config.enter.autolinkProtocol?.call(this, token)
}

/** Addresses that stand in a text without marks, as links: what `micromark-extension-gfm-autolink-literal` finds. */
export const literalLinks: Extension = {
  enter: {
    literalAutolink(token) {
      this.enter({ type: 'link', title: null, url: '', children: [] }, token)
    },
    literalAutolinkEmail: enterValue,
    literalAutolinkHttp: enterValue,
    literalAutolinkWww: enterValue,
  },
  exit: {
    literalAutolink(token) {
      this.exit(token)
    },
    literalAutolinkEmail(token) {
      this.config.exit.autolinkEmail?.call(this, token)
    },
    literalAutolinkHttp(token) {
      this.config.exit.autolinkProtocol?.call(this, token)
    },
    literalAutolinkWww(token) {
      this.config.exit.data?.call(this, token)
      const node = this.stack.at(-1)
      if (node?.type === 'link') node.url = `http://${this.sliceSerialize(token)}`
    },
  },
}
