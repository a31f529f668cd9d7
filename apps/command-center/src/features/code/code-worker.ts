import type { CodeRequest } from './code-tokens.ts'
import { CodeTokenizer } from './tokenize-code.ts'

/** Runs beside the page: a grammar takes longer than a frame may. */
const tokenizer = new CodeTokenizer()

addEventListener('message', ({ data }: MessageEvent<CodeRequest>) => {
  tokenizer.answer(data).then(
    (answer) => postMessage(answer),
    () => postMessage({ id: data.id, from: 0, lines: [] }),
  )
})
