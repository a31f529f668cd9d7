import { describe, expect, it } from 'vitest'
import { plainText } from './plain-text.ts'

describe('plainText', () => {
  it('equals the code of a block', () => {
    const code = '# kubectl delete ns prod\nfor x in *_a* ; do\n\techo "$x" \\\n  done'
    expect(plainText(`\`\`\`sh\n${code}\n\`\`\``)).toBe(code)
  })

  it('keeps identifiers, dashes and numbers', () => {
    expect(plainText('Set `MAX_POOL_SIZE` in snake_case_name, 2 * 3 * 4, __init__.py and **bold** _it_')).toBe(
      'Set MAX_POOL_SIZE in snake_case_name, 2 * 3 * 4, init.py and bold it',
    )
    expect(plainText('3. three\n4. four\n   - dash\n   - [x] done')).toBe('3. three\n4. four\n   - dash\n   - [x] done')
    expect(plainText('```yaml\nargs:\n  - --a=1\n  - "*"\n```')).toBe('args:\n  - --a=1\n  - "*"')
  })

  it('leaves a blank line between blocks, and breaks where they were meant', () => {
    expect(plainText('# Head\n\nOne  \ntwo\n\n> quoted\n\n---')).toBe('Head\n\nOne\ntwo\n\nquoted\n\n---')
  })

  it('says where a link leads when its text does not', () => {
    expect(plainText('[docs](https://a.test/x) https://b.test <m@c.test> ![pic](https://d.test/p)')).toBe(
      'docs (https://a.test/x) https://b.test m@c.test pic',
    )
  })

  it('makes rows of a table, and text of HTML and footnotes', () => {
    expect(plainText('| a | b |\n| - | - |\n| 1 | `2` |')).toBe('a\tb\n1\t2')
    expect(plainText('<b>x</b> &amp; y')).toBe('<b>x</b> & y')
    expect(plainText('See[^1]\n\n[^1]: a note')).toBe('See[^1]\n\n[^1]: a note')
    expect(plainText('See[^1]\n\n[^1]: there')).toBe('See[^1]\n\n[^1]: there')
  })
})
