import { visibleProse } from '@fairlead/contract/visible-text'
import type { Terminal } from '../terminal/terminal.ts'

export type AnswerPrinter = {
  begin(): void
  print(text: string): void
  /** `content`: all of it, for a reader that joined late or a server that sends no pieces. */
  end(content: string | undefined): void
}

/** Writes the model's words as they come, one generation after the other. */
export function createAnswerPrinter({ answer, note }: Pick<Terminal, 'answer' | 'note'>): AnswerPrinter {
  let generation = { hasText: false, isOpen: false }
  return {
    begin: () => {
      if (generation.isOpen && generation.hasText) note('The answer was interrupted; it begins again.')
      generation = { hasText: false, isOpen: true }
    },
    print: (text) => {
      generation.hasText = true
      answer(visibleProse(text))
    },
    end: (content) => {
      if (!generation.hasText && content) answer(visibleProse(content))
      if (generation.hasText || content) answer('\n')
      generation = { hasText: false, isOpen: false }
    },
  }
}
