import { CallbackFailed } from './callback-failures.ts'

/*
 * Reads one answer of HTTP/1.1 from the bytes of a connection (RFC 9112): as much as a provider needs who posts
 * a form and looks at what comes back. Whatever is not clearly an answer is none.
 */

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface HttpAnswer {
  status: number
  headers: AnswerHeaders
  body: Buffer
  /** Whether the connection is good for another request. */
  isKeptAlive: boolean
}

type Framing = 'none' | 'length' | 'chunks' | 'close'

const longestHead = 16 * 1024
const endOfHead = '\r\n\r\n'
const nothing = Buffer.alloc(0)

export class AnswerReader {
  readonly #maxBodyBytes: number
  /** What has come and is not understood yet. */
  #unread: Buffer = nothing
  #status = 0
  #headers: AnswerHeaders | undefined
  #isKeptAlive = false
  #framing: Framing = 'none'
  #bodyLength = 0
  #body: Buffer[] = []
  #bodyRead = 0
  #isInTrailer = false

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes
  }

  /** Gives the answer as soon as it is complete. Throws CallbackFailed when it is none, or too large. */
  read(chunk: Buffer): HttpAnswer | undefined {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    while (this.#headers === undefined) {
      if (!this.#readHead()) return undefined
    }
    return this.#readBody() ? this.#answer(this.#headers) : undefined
  }

  /** The connection has ended, which is how the body of an older server ends. */
  end(): HttpAnswer | undefined {
    const isWhole = this.#headers !== undefined && this.#framing === 'close'
    return isWhole && this.#headers !== undefined ? this.#answer(this.#headers) : undefined
  }

  #answer(headers: AnswerHeaders): HttpAnswer {
    const [first = nothing] = this.#body
    return {
      status: this.#status,
      headers,
      body: this.#body.length > 1 ? Buffer.concat(this.#body) : first,
      // What comes behind the answer was asked by nobody.
      isKeptAlive: this.#isKeptAlive && this.#framing !== 'close' && this.#unread.length === 0
    }
  }

  /** Whether a head was there. That of an interim answer (100 Continue) is read over. */
  #readHead(): boolean {
    const end = this.#unread.indexOf(endOfHead)
    if (end === -1) {
      if (this.#unread.length > longestHead) throw new CallbackFailed('protocol')
      if (!isBeginning(this.#unread)) throw new CallbackFailed('protocol')
      return false
    }
    const head = this.#unread.toString('latin1', 0, end)
    this.#unread = this.#unread.subarray(end + endOfHead.length)
    const [, minor, status] =
      /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?(?:\r\n|$)/.exec(head) ?? []
    if (minor === undefined || status === undefined) throw new CallbackFailed('protocol')
    this.#status = Number(status)
    if (this.#status < 200) {
      if (this.#status === 101) throw new CallbackFailed('protocol')
      return this.#unread.length > 0
    }
    this.#headers = headersIn(head)
    this.#frame(this.#headers, minor === '1')
    return true
  }

  #frame(headers: AnswerHeaders, isCurrent: boolean): void {
    const connection = String(headers['connection'] ?? '').toLowerCase()
    this.#isKeptAlive = isCurrent
      ? !connection.includes('close')
      : connection.includes('keep-alive')
    const length = headers['content-length']
    if (this.#status === 204 || this.#status === 304) {
      this.#framing = 'none'
    } else if (headers['transfer-encoding'] !== undefined) {
      const isChunked = /\bchunked\s*$/i.test(String(headers['transfer-encoding']))
      this.#framing = isChunked ? 'chunks' : 'close'
      // Both lengths at once are how requests are smuggled.
      if (length !== undefined) throw new CallbackFailed('protocol')
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(String(length))) throw new CallbackFailed('protocol')
      this.#framing = 'length'
      this.#bodyLength = Number(length)
      this.#refuseBeyond(this.#bodyLength)
    } else {
      this.#framing = 'close'
    }
  }

  #readBody(): boolean {
    if (this.#framing === 'none') return true
    if (this.#framing === 'chunks') return this.#readChunks()
    if (this.#framing === 'length') {
      this.#takeBody(Math.min(this.#unread.length, this.#bodyLength - this.#bodyRead))
      return this.#bodyRead === this.#bodyLength
    }
    this.#takeBody(this.#unread.length)
    return false
  }

  #readChunks(): boolean {
    for (;;) {
      const end = this.#unread.indexOf('\r\n')
      if (end > longestHead || (end === -1 && this.#unread.length > longestHead)) {
        throw new CallbackFailed('protocol')
      }
      if (end === -1) return false
      if (this.#isInTrailer) {
        this.#unread = this.#unread.subarray(end + 2)
        if (end === 0) return true
        continue
      }
      const [, digits] =
        /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(this.#unread.toString('latin1', 0, end)) ?? []
      if (digits === undefined) throw new CallbackFailed('protocol')
      const size = Number.parseInt(digits, 16)
      this.#refuseBeyond(this.#bodyRead + size)
      if (size === 0) {
        this.#unread = this.#unread.subarray(end + 2)
        this.#isInTrailer = true
        continue
      }
      if (this.#unread.length < end + 2 + size + 2) return false
      this.#unread = this.#unread.subarray(end + 2)
      this.#takeBody(size)
      if (this.#unread.toString('latin1', 0, 2) !== '\r\n') throw new CallbackFailed('protocol')
      this.#unread = this.#unread.subarray(2)
    }
  }

  #takeBody(size: number): void {
    if (size === 0) return
    this.#bodyRead += size
    this.#refuseBeyond(this.#bodyRead)
    this.#body.push(this.#unread.subarray(0, size))
    this.#unread = this.#unread.subarray(size)
  }

  #refuseBeyond(size: number): void {
    if (size > this.#maxBodyBytes) throw new CallbackFailed('too_large')
  }
}

function isBeginning(bytes: Buffer): boolean {
  return 'HTTP/1.'.startsWith(bytes.toString('latin1', 0, 7))
}

/** The lines behind the first one. Names in lower case; a name that is repeated lists its values. */
function headersIn(head: string): AnswerHeaders {
  const headers: Record<string, string | string[] | undefined> = Object.create(null)
  for (let start = head.indexOf('\r\n'); start !== -1;) {
    const next = head.indexOf('\r\n', start + 2)
    const colon = head.indexOf(':', start + 2)
    const end = next === -1 ? head.length : next
    if (colon === -1 || colon >= end || colon === start + 2) throw new CallbackFailed('protocol')
    const name = head.slice(start + 2, colon).toLowerCase()
    addHeader(headers, name, head.slice(colon + 1, end).trim())
    start = next
  }
  return headers
}

function addHeader(
  headers: Record<string, string | string[] | undefined>,
  name: string,
  value: string
): void {
  const former = headers[name]
  if (name === 'set-cookie') {
    headers[name] = Array.isArray(former) ? [...former, value] : [value]
  } else if (former === undefined || (name === 'content-length' && former === value)) {
    headers[name] = value
  } else {
    headers[name] = `${String(former)}, ${value}`
  }
}
