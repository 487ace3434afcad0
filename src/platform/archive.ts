// A file of lines that vouches for itself: a header, rows, and a trailer with the number of rows of each table and the
// SHA-256 of every byte before it. Knows nothing of what the rows mean.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Writable } from 'node:stream'

/** The shape of the file; a reader that does not know the number must not guess. */
const SCHEMA = 'ykien-export/1'
/** Text gathered before it is written and hashed. */
const CHUNK_CHARACTERS = 64 * 1024
/** Rows between two words about progress. */
const PROGRESS_ROWS = 20_000

type Row = { table: string; row: Record<string, unknown> }
export type Trailer = { counts: Record<string, number>; sha256: string }

/** What is wrong with an archive, in one line. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused'
}

/** Writes the lines as they come, never more at once than a page of rows; returns what the trailer says. */
export async function writeArchive(
  out: Writable,
  header: { version: string; site: string; exported_at: string; tables: readonly string[] },
  rows: AsyncIterable<Row>,
  say: (line: string) => void,
): Promise<Trailer> {
  const hash = createHash('sha256')
  const counts = Object.fromEntries(header.tables.map((table) => [table, 0]))
  let waiting = ''
  let written = 0
  const flush = async () => {
    hash.update(waiting)
    if (!out.write(waiting)) await once(out, 'drain')
    waiting = ''
  }
  waiting = `${JSON.stringify({ schema: SCHEMA, ...header })}\n`
  for await (const { table, row } of rows) {
    waiting += `${JSON.stringify({ table, row })}\n`
    counts[table] = (counts[table] ?? 0) + 1
    if (++written % PROGRESS_ROWS === 0) say(`${written} rows`)
    if (waiting.length > CHUNK_CHARACTERS) await flush()
  }
  await flush()
  const trailer: Trailer = { counts, sha256: hash.digest('hex') }
  out.write(`${JSON.stringify({ end: true, ...trailer })}\n`)
  return trailer
}

/** Reads an archive to its end and gives its trailer. Throws {@link ArchiveRefused} when a row or a byte is missing or changed. */
export async function verifyArchive(path: string): Promise<Trailer & { site: string }> {
  const hash = createHash('sha256')
  const counts: Record<string, number> = {}
  let header: { schema?: unknown; site?: unknown } | null = null
  let trailer: (Partial<Trailer> & { end?: unknown }) | null = null
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    if (trailer !== null) throw new ArchiveRefused(`${path} goes on after its trailer, in line ${number}`)
    const value = parsed(line, path, number)
    if (header === null) {
      header = value
      if (header.schema !== SCHEMA) throw new ArchiveRefused(`${path} is no export of this version: its first line does not name ${SCHEMA}`)
    } else if (value.end === true) {
      trailer = value
      continue
    } else {
      const table = String(value.table)
      counts[table] = (counts[table] ?? 0) + 1
    }
    hash.update(line)
    hash.update('\n')
  }
  if (header === null) throw new ArchiveRefused(`${path} is empty`)
  if (trailer === null) throw new ArchiveRefused(`${path} ends without a trailer: it was cut off; export again`)
  const told = trailer.counts ?? {}
  for (const table of new Set([...Object.keys(told), ...Object.keys(counts)]))
    if ((told[table] ?? 0) !== (counts[table] ?? 0))
      throw new ArchiveRefused(`${path} holds ${counts[table] ?? 0} rows of ${table}, its trailer says ${told[table] ?? 0}`)
  const sha256 = hash.digest('hex')
  if (trailer.sha256 !== sha256) throw new ArchiveRefused(`${path} was changed: its SHA-256 is not the one its trailer names`)
  return { site: String(header.site), counts: told, sha256 }
}

function parsed(line: Buffer, path: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below, with the line.
  }
  throw new ArchiveRefused(`${path} has a line that is no JSON object: line ${number}`)
}

/** Lines as bytes, so that the hash is that of the file; what stands after the last line end is no line. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    let bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10)) {
      yield bytes.subarray(0, end)
      bytes = bytes.subarray(end + 1)
    }
    rest = bytes
  }
  if (rest.length > 0) yield rest
}
