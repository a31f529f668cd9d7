import { visibleText } from '@fairlead/contract/visible-text'

/** Text of a model, a tool or a cluster on one line of a sentence of ours; nobody decides by its line ends. */
export function neutraliseLine(text: string): string {
  return visibleText(text.replace(/\s*[\r\n]+\s*/g, ' '))
}
