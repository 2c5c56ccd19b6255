/** What a file of sound is made from: tones where somebody speaks, and silence. Nothing is stored. */

export interface Tone {
  fromMs: number
  toMs: number
  /** In which channel of two. */
  channel: 1 | 2
  /** Of several voices: each has a pitch of its own. */
  voice: number
}

export interface Soundtrack {
  ms: number
  channels: 1 | 2
  /** In the order of their beginnings. */
  tones: readonly Tone[]
}

/** A file that is made as it is read, so that hours of sound take no room. */
export interface AudioFile {
  type: string
  bytes: number
  /** The bytes from one place up to another, a piece of the file at most. */
  read: (from: number, to: number) => Buffer
}

const pieceBytes = 64 * 1024

/** Piece by piece; `to` is behind the last byte. */
export function* piecesOf(file: AudioFile, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; at += pieceBytes) yield file.read(at, Math.min(to, at + pieceBytes))
}

/** Those that sound at some time between two, in one channel, or mixed. */
export function tonesWithin(
  { tones, channels }: Soundtrack,
  fromMs: number,
  toMs: number,
  channel: 1 | 2
): readonly Tone[] {
  return tones.filter(
    tone => tone.fromMs < toMs && tone.toMs > fromMs && (channels === 1 || tone.channel === channel)
  )
}
