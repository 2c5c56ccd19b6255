import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { errors, invalidValues } from '../../platform/errors.ts'
import { readJson } from '../../platform/json-body.ts'

/**
 * An announcement as it came, its recipients apart: they are checked one by one, so that one wrong number
 * stops nobody else, and never all held at once when they come as a stream.
 */
export interface AnnouncementRequest {
  /** What all recipients share, unchecked. */
  readonly header: unknown
  /** Unchecked, in chunks as they arrive. Ends with an error when the stream breaks. */
  readonly recipients: AsyncIterable<unknown[]>
  /** How many there are; not known of a stream. */
  readonly size?: number
}

/** More come as a stream. */
const mostInJson = 100_000
/** The largest JSON body: 100,000 recipients with ids and short bodies of their own. */
const largestJsonBytes = 64 * 1024 * 1024
/** The longest line of a stream: one recipient with a body of its own. */
const longestLineBytes = 64 * 1024
/** What one transaction takes in, and another makes messages of, without a turn of the event loop between. */
const recipientsPerChunk = 500

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** In this scope a body is an announcement, as JSON or as a stream of lines. */
export function takeAnnouncements(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: largestJsonBytes },
    (_request, body, done) => {
      try {
        const value = readJson(Buffer.from(body))
        done(null, new AnnouncementBody(() => readWhole(value), value))
      } catch (error) {
        done(
          error instanceof Error ? error : new Error('A body could not be read', { cause: error })
        )
      }
    }
  )
  app.addContentTypeParser('application/x-ndjson', (request, payload, done) => {
    // What makes two streams the same would be known only when both have passed.
    if (request.headers['idempotency-key'] !== undefined)
      return done(
        invalidValues([
          {
            field: 'Idempotency-Key',
            message:
              'does not go with application/x-ndjson: a stream may be repeated as it is, and nobody is reached twice'
          }
        ])
      )
    return done(null, new AnnouncementBody(() => readStream(payload), null))
  })
}

/** What came as a body, before any of it is looked at. Private, for the checks of other bodies are not for it. */
export class AnnouncementBody {
  readonly #read: () => Promise<AnnouncementRequest>
  readonly #fingerprint: unknown

  constructor(read: () => Promise<AnnouncementRequest>, fingerprint: unknown) {
    this.#read = read
    this.#fingerprint = fingerprint
  }

  /** @throws 400 when it does not begin as an announcement */
  read(): Promise<AnnouncementRequest> {
    return this.#read()
  }

  /** What makes a repeated request the same one. */
  toJSON(): unknown {
    return this.#fingerprint
  }
}

async function readWhole(body: unknown): Promise<AnnouncementRequest> {
  if (!isObject(body)) throw invalidValues([{ field: 'body', message: 'must be an object' }])
  const announcement = fieldOf(body, 'announcement')
  if (!isObject(announcement)) return { header: announcement, recipients: inChunks([]) }
  const { recipients, recipient_number: single, ...header } = announcement
  if (recipients !== undefined && !Array.isArray(recipients))
    throw invalidValues([{ field: 'announcement.recipients', message: 'must be a list' }])
  const everybody = [...(single === undefined ? [] : [single]), ...(recipients ?? [])]
  if (everybody.length > mostInJson)
    throw invalidValues([
      {
        field: 'announcement.recipients',
        message: `must have at most ${mostInJson} recipients, got ${everybody.length}; send more as application/x-ndjson`
      }
    ])
  return { header, recipients: inChunks(everybody), size: everybody.length }
}

async function readStream(payload: Readable): Promise<AnnouncementRequest> {
  const lines = linesOf(payload)
  const first = await lines.next()
  if (first.done === true)
    throw new errors.badRequest('The stream is empty: its first line is the announcement.')
  const opening = parseLine(first.value)
  if (opening === unreadable)
    throw new errors.malformedJson('the first line is not an announcement')
  return { header: fieldOf(opening, 'announcement'), recipients: chunksOf(lines) }
}

/** A line that is no JSON, in the place of its recipient. */
export const unreadable = Symbol('a line that is no JSON')

function parseLine(line: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(utf8.decode(line))
    return value
  } catch {
    return unreadable
  }
}

/** The lines of a stream, without those that are empty. */
async function* linesOf(payload: Readable): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  // Left before its end the stream stays: the connection that it comes from is the client's.
  for await (const piece of payload.iterator({ destroyOnReturn: false })) {
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
      if (end > longestLineBytes) throw new errors.tooLarge(String(longestLineBytes))
      if (end > 0) yield bytes.subarray(0, end)
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > longestLineBytes) throw new errors.tooLarge(String(longestLineBytes))
    rest = bytes
  }
  if (rest.length > 0) yield rest
  return undefined
}

const newline = 0x0a

async function* chunksOf(lines: AsyncGenerator<Buffer, undefined>): AsyncGenerator<unknown[]> {
  let chunk: unknown[] = []
  for await (const line of lines) {
    if (isBlank(line)) continue
    chunk.push(parseLine(line))
    if (chunk.length < recipientsPerChunk) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** A line ends with CR LF where it was written on Windows. */
const isBlank = (line: Buffer): boolean => line.length === 1 && line[0] === 0x0d

/** Between two chunks other requests have their turn. */
async function* inChunks(items: readonly unknown[]): AsyncGenerator<unknown[]> {
  for (let start = 0; start < items.length; start += recipientsPerChunk) {
    yield items.slice(start, start + recipientsPerChunk)
    await new Promise(resolve => setImmediate(resolve))
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldOf = (value: unknown, name: string): unknown =>
  isObject(value) ? value[name] : undefined
