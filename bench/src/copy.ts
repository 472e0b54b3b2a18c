import pg from 'pg'

/** Text of a value as COPY takes it. */
function field(value: unknown): string {
  if (value === null) return '\\N'
  const text = value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/[\\\n\r\t]/g, (character) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[character] ?? character)
}

/** The rows as COPY takes them. */
export function copyText(rows: readonly object[]): Buffer {
  return Buffer.from(rows.map((row) => `${Object.values(row).map(field).join('\t')}\n`).join(''))
}

/** What the driver hands a query that the server asks for data. */
type CopyConnection = { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

/** `COPY … FROM STDIN`, which the driver refuses by itself, for want of a source. */
class CopyFrom extends pg.Query {
  readonly #bytes: Buffer
  constructor(text: string, bytes: Buffer) {
    super(text)
    this.#bytes = bytes
  }
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#bytes)
    connection.endCopyFrom()
  }
}

/** Copies rows into a table. */
export async function copyInto(client: pg.Client, table: string, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const query = new CopyFrom(`copy ${table} from stdin`, bytes)
    query.on('end', () => resolve())
    query.on('error', reject)
    client.query(query)
  })
}
