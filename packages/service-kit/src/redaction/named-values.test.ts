import { describe, expect, test } from 'vitest'
import { namedValues } from './named-values.ts'

/** The text with `‹›` around each value that is found. */
function marked(text: string): string {
  return namedValues(text)
    .toReversed()
    .reduce((all, { start, end }) => `${all.slice(0, start)}‹${all.slice(start, end)}›${all.slice(end)}`, text)
}
/** Says where the values are; the text is the same without the marks. */
function expectMarks(shown: string): void {
  expect(marked(shown.replaceAll(/[‹›]/g, ''))).toBe(shown)
}

describe('a word', () => {
  test.each([
    'password=‹hunter2› failed',
    'password = ‹hunter2›',
    'password\t:\t‹hunter2›',
    'password=ab failed',
    'password=‹abc› failed',
    'db_password: ‹hunter2›',
    'PASSWORD=‹hunter2›',
    'password=‹hunter2›, token=‹hunter3›; secret=‹hunter4›&api_key=‹hunter5›',
    "password=‹hunter2›'x",
    'password=‹hunter2›"x',
    'password=‹hunter2›}x',
    'password=‹hunter2›`x`',
    'password=‹a$b› $c',
    'password=‹abc›$(reboot)',
    'password=$(reboot)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a shell
    'password=${PASSWORD}',
    'headers[token]=‹hunter2›',
    'password=     hunter2',
    'password     =hunter2',
    'password=‹c:\\temp\\x›',
    'password=‹a\\\\b›\\n',
    'password=‹hunter2›\\nnext',
    'password=‹hunter2›\\"x',
    'password=‹hunter2›\\rnext: 1',
    'password=‹hunter2›\\rnext : 1',
    'password=‹hunter2›\\ttoken=‹hunter3›',
    'password=‹hunter2\\rx›',
    'passwords=hunter2',
    'password hunter2',
  ])('%s', expectMarks)

  test.each(['secret', 'token', 'credential', 'credentials', 'Token'])('in prose %s: gives no value', (name) => {
    expectMarks(`the ${name}: ask the owner`)
    expectMarks(`${name}=‹hunter2›`)
    expectMarks(`my_${name}: ask the owner`)
    expectMarks(`"${name}": hunter2`)
  })

  test('behind a name in quotes needs quotes where a colon stands between', () => {
    expectMarks('"password": hunter2')
    expectMarks('"password"=‹hunter2›')
  })
})

describe('a text in quotes', () => {
  test.each([
    '{"token":"‹a b›","n":1}',
    '{"token": "‹a b›"}',
    "{'token': '‹a b›'}",
    '{"token":"‹a \\"b\\" c›","n":1}',
    '{"token":"‹a\\\\›","n":1}',
    '{"token":"","n":"x"}',
    '{"a":"{\\"token\\":\\"‹a b›\\",\\"n\\":\\"x\\"}"}',
    '{"a":"{\\"token\\":\\"‹a \\\\\\"b\\\\\\" c›\\"}"}',
    'token="‹a b›" c',
    'token="‹a:b c›" d',
    'token="‹ab,}]: c›" d',
    "token='‹a b›' c",
    `token="‹${' '.repeat(9)}hunter2›"`,
    'token="‹hunter2›\nnext"',
    "token='a\"b'",
    '{"token":"‹hunter2›',
    '{"token":"a',
    '{"token":["‹a›","‹b c›"],"n":"x"}',
    '{"token":[ "‹a›" , "‹b›" ]}',
    '{"token":[\n  "‹a›",\n  "‹b›"\n]}',
    '{"token":["‹a›"],"n":["b","c"]}',
    '{"token":["‹a›","‹hunter2›',
    '{"token":"‹a›","n":"b","c":"d"}',
    '{"token":["‹a›" "b"]}',
  ])('%s', expectMarks)

  test('is no longer than 65,536 characters', () => {
    expect(namedValues(`"token":"${'a'.repeat(65_535)}"`)).toEqual([{ start: 9, end: 9 + 65_535 }])
    const long = `"token":"${'ab '.repeat(30_000)}"`
    expect(namedValues(long)).toEqual([])
    expect(namedValues(`"token":"${'a '.repeat(32_768)}"`)).toEqual([])
  })

  test.each([
    ['a text that ends in the name', '["the token:", "x y z"]'],
    ['a key that ends in the name', '{"a token=": "x y z"}'],
    ['a text in a record', '{"a":"the token:"}'],
    ['a text in a list', '["the token:"]'],
    ['the end', '"the token:"'],
    ['another quote behind the name', `"token':"abc def"`],
  ])('begins none where it closes %s', (_, text) => {
    expect(marked(text)).toBe(text)
  })
})

describe('a header', () => {
  test.each([
    'Authorization: Basic ‹hunter22›',
    'Authorization: Bearer ‹hunter22› next',
    'authorization=token   ‹hunter22›',
    'Authorization: Negotiate ‹hunter22›',
    'Authorization: ApiKey ‹hunter22›',
    'Authorization: OAuth ‹hunter22›',
    'Authorization: ‹Other› hunter22',
    'Authorization: ‹hunter22› next',
    'authorization: Digest ‹username="a b", response="c"› next',
    'authorization: Digest ‹a=b, c=d,e="f"›,',
    'authorization: Digest ‹a=b›$(reboot)',
    'authorization: Digest a=$(reboot)',
    'authorization: AWS4-HMAC-SHA256 ‹Credential=a/b, Signature=c›',
    '{\\"x\\": \\"authorization: Digest ‹a=\\"b\\", c=\\"d\\"›\\"}',
    'Proxy-Authorization: Basic ‹hunter22›',
    'Cookie: ‹session=hunter22; theme=dark›\nHost: a',
    'Cookie: ‹a=;b=c› next',
    'set-cookie: ‹session=hunter22; Path=/›',
    'cookie: ‹hunter22› next',
    'cookie: ‹a=b›; $(reboot)',
    'password: ‹Basic› hunter22',
  ])('%s', expectMarks)
})

test.each(['***', '***(20 bytes)', '***(20 bytes, 0123456789ab)'])('what is hidden is no value: %s', (mark) => {
  expect(namedValues(`{"token":"${mark}","n":1}`)).toEqual([])
  expectMarks(`{"token":"‹${mark}x›","n":1}`)
  expectMarks(`{"token":"‹x${mark}›","n":1}`)
})

test('nor is its beginning, where a blank ends the word', () => {
  expectMarks('token=***(20 bytes, 0123456789ab) next')
  expectMarks('token=‹***(x› bytes)')
})
