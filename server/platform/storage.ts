import type { Readable } from 'node:stream'

/** A stored object as it is read: its size in bytes, and its bytes. */
export interface StoredObject {
  size: number
  contentType: string
  /** Ends with an error when the store fails on the way; must be consumed or destroyed. */
  body: Readable
}

export interface LinkOptions {
  /** How long the link works: at least a second and at most `longestLinkMs`. */
  lifetimeMs: number
  /** The name under which a browser saves it; the last part of the key when absent. */
  fileName?: string
}

/**
 * Where recordings lie: a folder of this machine, or a store that speaks S3. A key is a path such as
 * `video/0193585e/audio.m4a`: see `checkKey`. What an object is follows from the end of its key: see
 * `contentTypeOf`.
 */
export interface Storage {
  /**
   * Stores everything that the source yields, all or nothing: nobody ever reads a part of it, and a source that
   * fails leaves what was there before. The same key again takes its place.
   *
   * @returns how many bytes it has
   */
  put(key: string, source: AsyncIterable<Uint8Array>): Promise<{ size: number }>
  /** Undefined when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>
  /** Whether it is there, and how large, without reading it. */
  stat(key: string): Promise<{ size: number } | undefined>
  /** An object that is not there is no error. */
  remove(key: string): Promise<void>
  /** A link that anybody may follow, without a token, until its time is over by the server's clock. */
  linkTo(key: string, options: LinkOptions): Promise<string>
  close(): void
}

export const hourMs = 3_600_000

/** S3 signs for no longer: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export const longestLinkMs = 7 * 24 * hourMs

const longestKey = 512
const segmentPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/

/**
 * Whether a text may be a key: segments of letters, digits, dots, dashes and underscores between slashes. None
 * is empty or begins with a dot, so no key leads out of its folder. One key is never the folder of another.
 */
export const isKey = (text: string): boolean =>
  text.length <= longestKey && text.split('/').every(segment => segmentPattern.test(segment))

/** @throws for a key that nothing may be stored under: a mistake of ours, never of a client */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new Error(`Not a key for storage: ${JSON.stringify(key.slice(0, 100))}`)
}

/** @throws for a lifetime that no store could sign */
export function checkLifetime({ lifetimeMs }: LinkOptions): void {
  if (!(lifetimeMs >= 1_000 && lifetimeMs <= longestLinkMs))
    throw new Error(`A link lives for a second to seven days, not ${lifetimeMs} ms`)
}

/** Nothing that a browser would run, whatever a key ends with. */
const contentTypes = new Map(
  Object.entries({
    csv: 'text/csv; charset=utf-8',
    jpg: 'image/jpeg',
    json: 'application/json',
    m4a: 'audio/mp4',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    png: 'image/png',
    txt: 'text/plain; charset=utf-8',
    vtt: 'text/vtt; charset=utf-8',
    wav: 'audio/wav'
  })
)

/** The media type of an object, by the end of its key. */
export const contentTypeOf = (key: string): string =>
  contentTypes.get(/\.(\w+)$/.exec(key)?.[1]?.toLowerCase() ?? '') ?? 'application/octet-stream'

/** Shown in the page, saved under this name: https://www.rfc-editor.org/rfc/rfc6266 */
export function dispositionOf(key: string, fileName = key.slice(key.lastIndexOf('/') + 1)): string {
  const plain = fileName.replaceAll(/[^\w .()-]/g, '_')
  if (plain === fileName) return `inline; filename="${plain}"`
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `inline; filename="${plain}"; filename*=UTF-8''${encoded}`
}
