import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** Of each body, as it came and as it is shown. */
const maxBodyBytes = 8 * 1024
/** What is packed may be a thousand times as long. */
const maxUnpackedBytes = 1024 * 1024

/** A packed body whose end is missing gives what is there. */
const gives = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxUnpackedBytes }
const unpacks: Record<string, (packed: Buffer) => Buffer> = {
  gzip: (packed) => gunzipSync(packed, gives),
  'x-gzip': (packed) => gunzipSync(packed, gives),
  deflate: (packed) => inflateSync(packed, gives),
  br: (packed) => brotliDecompressSync(packed, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: maxUnpackedBytes }),
  zstd: (packed) => zstdDecompressSync(packed, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: maxUnpackedBytes }),
}

/** The beginning of a body, for people. */
export class RecordedBody {
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #isCut = false
  /** The `Content-Encoding` that it came with. */
  encoding = ''

  add(chunk: Buffer): void {
    this.#isCut ||= this.#bytes + chunk.length > maxBodyBytes
    if (this.#bytes >= maxBodyBytes) return
    this.#chunks.push(Buffer.from(chunk.subarray(0, maxBodyBytes - this.#bytes)))
    this.#bytes += chunk.length
  }

  /** All of it; undefined where it was cut, or cannot be unpacked. */
  whole(): string | undefined {
    const { text, isCut } = this.#read()
    return isCut ? undefined : text
  }

  /** One that was cut says so: a secret may be cut in it, and is still found. */
  toString(): string {
    const { text, isCut } = this.#read()
    return `${text ?? `[packed: ${this.encoding.slice(0, 50)}]`}${isCut ? '…' : ''}`
  }

  #read(): { text: string | undefined; isCut: boolean } {
    const bytes = Buffer.concat(this.#chunks)
    const encoding = this.encoding.trim().toLowerCase()
    if (bytes.length === 0 || encoding === '' || encoding === 'identity') return { text: bytes.toString(), isCut: this.#isCut }
    try {
      const unpacked = unpacks[encoding]?.(bytes)
      const length = unpacked?.length ?? 0
      // Of a block that is not there to its end some give nothing.
      if (this.#isCut && length === 0) return { text: undefined, isCut: true }
      return { text: unpacked?.subarray(0, maxBodyBytes).toString(), isCut: this.#isCut || length > maxBodyBytes }
    } catch {
      return { text: undefined, isCut: this.#isCut }
    }
  }
}
