import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { MarkdownBlock } from './markdown-block.tsx'

const drawn = (text: string) => renderToStaticMarkup(createElement(MarkdownBlock, { text }))

describe('hostile Markdown', () => {
  it.each([
    ['a remote image', '![x](https://example.invalid/p?d=1)'],
    ['an image by reference', '![x][r]\n\n[r]: https://example.invalid/p'],
    ['an image of this origin', '![x](/api/v1/auth/logout)'],
    ['an image in the text', '![x](data:image/svg+xml;base64,AAAA)'],
    ['an image element', '<img src=https://example.invalid/p onerror=alert(1)>'],
    ['an image in a table', '| a |\n| - |\n| ![x](https://example.invalid/p) |'],
    ['a linked image', '[![x](https://example.invalid/p)](https://example.invalid/)'],
    ['a script', '<script>alert(1)</script>'],
    ['a frame', '<iframe src="https://example.invalid"></iframe>\n\n<style>@import "//x"</style>'],
    ['an svg', 'a <svg onload=alert(1)> b <link rel=stylesheet href=//x>'],
    ['a form', '<form action=/x><input name=a><button>b</button></form>'],
  ])('%s makes no element that loads or runs', (_, text) => {
    expect(drawn(text)).not.toMatch(
      /<(?:img|script|iframe|style|link|svg(?! [^>]*lucide)|form|input|object|embed|video|audio|base|meta)[\s>]/,
    )
    expect(drawn(text)).not.toMatch(/<[^>]+\s(?:on\w+|src|srcset|style="[^"]*url)=/)
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java&#10;script:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a/b',
    'ftp://a.test/x',
    'tel:123',
    '/relative',
    '//example.invalid/x',
    '?a=b',
    '#id',
  ])('%s is no link', (address) => {
    for (const text of [`[go](${address})`, `[go](<${address}>)`, `<${address}>`, `[go][r]\n\n[r]: ${address}`]) {
      expect(drawn(text)).not.toContain('href')
    }
  })

  it('says that an image was there, and where it would have come from', () => {
    const html = drawn('![graph](https://example.invalid/p?d=1)')
    expect(html).toContain('Image: graph')
    expect(html).toContain('href="https://example.invalid/p?d=1"')
    expect(html).toContain('(example.invalid)')
  })
})

describe('links', () => {
  it('open elsewhere, without a way back', () => {
    expect(drawn('[docs](https://a.test/x)')).toMatch(/<a [^>]*target="_blank" rel="noopener noreferrer"/)
  })

  it.each([
    ['[docs](https://a.test/x)', '(a.test)'],
    ['[https://bank.test](https://evil.test/)', '(evil.test)'],
    ['[https://bank.test@evil.test](https://bank.test@evil.test)', '(evil.test)'],
    ['[bank.test](http://bаnk.test)', '(xn--bnk-6cd.test)'],
    ['[write](mailto:a@b.test)', '(a@b.test)'],
  ])('%s shows its host', (text, host) => expect(drawn(text)).toContain(host))

  it.each(['https://a.test/x', 'www.a.test', '[a.test](https://a.test/deep)', '<m@b.test>'])(
    '%s says its host itself',
    (text) => expect(drawn(text).replace('(opens in a new tab)', '')).not.toMatch(/\([^)]*\.test\)/),
  )
})

describe('elements', () => {
  it('shows raw HTML as text', () => {
    expect(drawn('a <b>c</b>')).toContain('a &lt;b&gt;c&lt;/b&gt;')
    expect(drawn('<div>\nx\n</div>')).toContain('&lt;div&gt;')
  })

  it('puts headings below those of the page', () => expect(drawn('# A\n\n#### B')).toMatch(/<h3[^>]*>A.*<h5[^>]*>B/s))

  it('gives a table a copy as CSV and a task its words', () => {
    expect(drawn('| a |\n| - |\n| b |')).toContain('Copy as CSV')
    expect(drawn('- [x] a')).toContain('Done: ')
  })

  it.each(['[^1]: the note', '[^1]: note', 'See[^1]\n\n[^1]: https://a.test/x'])('keeps %j as it is written', (text) =>
    expect(
      drawn(text)
        .replace(/<[^>]*>/g, '\n')
        .replace(/\n+/g, '\n'),
    ).toContain(text.replace('See[^1]\n\n', '')),
  )
})
