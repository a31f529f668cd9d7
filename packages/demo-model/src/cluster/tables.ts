/** A row of a printed table, by column; blocks of several types stand in one text. */
export type Row = Readonly<Record<string, string>>

/** The type and the name of a row: with several types in one answer each name has its type before it. */
export function typeIn({ NAME: typed = '' }: Row, only: string): { type: string; name: string } {
  const [type = '', name] = typed.split('/')
  return name === undefined ? { type: only, name: typed } : { type: type.split('.')[0] ?? '', name }
}

/** Reads the tables of an answer. A line in capitals is a header; columns begin where its words do. */
export function rowsIn(text: string): Row[] {
  const rows: Row[] = []
  let columns: { name: string; from: number; to: number }[] = []
  for (const line of text.split('\n')) {
    if (/^[A-Z][A-Z0-9()%/ -]*$/.test(line) && /\bNAME\b/.test(line)) {
      const starts = [...line.matchAll(/\S+(?: \S+)*/g)]
      columns = starts.map((match, index) => ({
        name: match[0],
        from: match.index,
        to: starts[index + 1]?.index ?? Number.POSITIVE_INFINITY,
      }))
    } else if (columns.length > 0 && line.trim() !== '' && !line.startsWith('[')) {
      rows.push(Object.fromEntries(columns.map(({ name, from, to }) => [name, line.slice(from, to).trim()])))
    } else if (line.trim() !== '') columns = []
  }
  return rows
}
