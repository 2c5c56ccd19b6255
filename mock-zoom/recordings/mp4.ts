/*
 * Small, real media in the MPEG-4 file format (ISO/IEC 14496-12): a grey picture and silence, as long as the
 * recording was. Every second of it is the same bytes, which are in the file once: the table of chunks points at
 * them again and again, so that an hour takes some tens of kilobytes.
 */

const videoTimescale = 1000
const audioTimescale = 32_000
const samplesPerFrame = 1024
/** Frames of AAC in a chunk: about a second. */
const framesPerChunk = 32

/** Pixels, a multiple of 16. */
const width = 320
const height = 176

/** An audio file, as M4A. */
export function audioFile(ms: number): Buffer {
  return mediaFile('M4A ', ms, [audioTrack(1, ms)])
}

/** A picture and its sound, as MP4. */
export function videoFile(ms: number): Buffer {
  return mediaFile('isom', ms, [videoTrack(1, ms), audioTrack(2, ms)])
}

interface Track {
  id: number
  kind: 'vide' | 'soun'
  timescale: number
  sampleDuration: number
  sampleSize: number
  samplesPerChunk: number
  samples: number
  /** What every chunk points at. */
  chunk: Buffer
  header: Buffer
  description: Buffer
}

function mediaFile(brand: string, ms: number, tracks: readonly Track[]): Buffer {
  const ftyp = box('ftyp', text(brand), u32(512), text(brand), text('isom'), text('mp42'))
  // The table of chunks has the same size wherever it points.
  const movieSize = movie(
    ms,
    tracks,
    tracks.map(() => 0)
  ).length
  const mediaStart = ftyp.length + movieSize + 8
  let offset = mediaStart
  const offsets = tracks.map(({ chunk }) => {
    const start = offset
    offset += chunk.length
    return start
  })
  const mdat = box('mdat', ...tracks.map(({ chunk }) => chunk))
  return Buffer.concat([ftyp, movie(ms, tracks, offsets), mdat])
}

function movie(ms: number, tracks: readonly Track[], offsets: readonly number[]): Buffer {
  const mvhd = box(
    'mvhd',
    u32(0, 0, 0, 1000, ms, 0x0001_0000),
    u16(0x0100, 0),
    u32(0, 0, ...identity, 0, 0, 0, 0, 0, 0, tracks.length + 1)
  )
  return box('moov', mvhd, ...tracks.map((track, place) => trak(track, ms, offsets[place] ?? 0)))
}

const identity = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000]

function trak(track: Track, ms: number, offset: number): Buffer {
  const isVideo = track.kind === 'vide'
  const tkhd = box(
    'tkhd',
    u32(7, 0, 0, track.id, 0, ms, 0, 0),
    u16(0, 0, isVideo ? 0 : 0x0100, 0),
    u32(...identity, isVideo ? width << 16 : 0, isVideo ? height << 16 : 0)
  )
  const duration = track.samples * track.sampleDuration
  const mdhd = box('mdhd', u32(0, 0, 0, track.timescale, duration), u16(0x55c4, 0))
  const hdlr = box('hdlr', u32(0, 0), text(track.kind), u32(0, 0, 0), text('mock\0'))
  const dinf = box('dinf', box('dref', u32(0, 1), box('url ', u32(1))))
  const minf = box('minf', track.header, dinf, sampleTable(track, offset))
  return box('trak', tkhd, box('mdia', mdhd, hdlr, minf))
}

function sampleTable(track: Track, offset: number): Buffer {
  const { samples, samplesPerChunk, sampleDuration, sampleSize } = track
  const whole = Math.floor(samples / samplesPerChunk)
  const rest = samples % samplesPerChunk
  const chunks = whole + (rest > 0 ? 1 : 0)
  const runs = [
    ...(whole > 0 ? [[1, samplesPerChunk, 1]] : []),
    ...(rest > 0 ? [[whole + 1, rest, 1]] : [])
  ]
  return box(
    'stbl',
    box('stsd', u32(0, 1), track.description),
    box('stts', u32(0, 1, samples, sampleDuration)),
    box('stsc', u32(0, runs.length, ...runs.flat())),
    box('stsz', u32(0, sampleSize, samples)),
    box('stco', u32(0, chunks, ...Array.from({ length: chunks }, () => offset)))
  )
}

/** One picture a second: a single key frame, shown again and again. */
function videoTrack(id: number, ms: number): Track {
  const picture = lengthPrefixed(greyPicture())
  return {
    id,
    kind: 'vide',
    timescale: videoTimescale,
    sampleDuration: videoTimescale,
    sampleSize: picture.length,
    samplesPerChunk: 1,
    samples: Math.max(1, Math.ceil(ms / 1000)),
    chunk: picture,
    header: box('vmhd', u32(1, 0, 0)),
    description: avc1()
  }
}

function audioTrack(id: number, ms: number): Track {
  const frames = Math.max(1, Math.ceil((ms / 1000) * (audioTimescale / samplesPerFrame)))
  return {
    id,
    kind: 'soun',
    timescale: audioTimescale,
    sampleDuration: samplesPerFrame,
    sampleSize: silence.length,
    samplesPerChunk: framesPerChunk,
    samples: frames,
    chunk: Buffer.concat(Array.from({ length: Math.min(frames, framesPerChunk) }, () => silence)),
    header: box('smhd', u32(0, 0)),
    description: mp4a()
  }
}

/** A frame of AAC-LC with one channel and nothing in it. */
const silence = Buffer.from([0x00, 0xc8, 0x00, 0x80, 0x23, 0x80])

/** AAC-LC, 32 kHz, mono (ISO/IEC 14496-3, AudioSpecificConfig). */
function mp4a(): Buffer {
  const config = [0x12, 0x88]
  const decoder = [0x04, 13 + 2 + config.length, 0x40, 0x15, ...zeros(11), 0x05, config.length]
  const descriptor = [...decoder, ...config, 0x06, 0x01, 0x02]
  const esds = box(
    'esds',
    u32(0),
    Buffer.from([0x03, 3 + descriptor.length, 0x00, 0x01, 0x00, ...descriptor])
  )
  return box(
    'mp4a',
    u16(0, 0, 0, 1),
    u32(0, 0),
    u16(1, 16, 0, 0),
    u32(audioTimescale * 65_536),
    esds
  )
}

/** H.264, constrained baseline, level 1.2 (ISO/IEC 14496-15). */
function avc1(): Buffer {
  const sequence = sequenceParameters()
  const picture = pictureParameters()
  const avcC = box(
    'avcC',
    Buffer.from([0x01, ...profile, 0xff, 0xe1]),
    u16(sequence.length),
    sequence,
    Buffer.from([0x01]),
    u16(picture.length),
    picture
  )
  return box(
    'avc1',
    u16(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, width, height),
    u32(0x0048_0000, 0x0048_0000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x0018, 0xffff),
    avcC
  )
}

const profile = [0x42, 0xc0, 0x0c]

/** ITU-T H.264, 7.3.2.1.1. */
function sequenceParameters(): Buffer {
  const bits = new Bits()
  bits
    .ue(0, 0, 2, 1)
    .u(0)
    .ue(width / 16 - 1, height / 16 - 1)
    .u(1, 0, 0, 0)
  return Buffer.concat([Buffer.from([0x67, ...profile]), bits.finish()])
}

/** ITU-T H.264, 7.3.2.2. */
function pictureParameters(): Buffer {
  const bits = new Bits()
  bits.ue(0, 0).u(0, 0).ue(0, 0, 0).u(0, 0, 0).ue(0, 0, 0).u(0, 0, 0)
  return Buffer.concat([Buffer.from([0x68]), bits.finish()])
}

/** A key frame whose blocks are all predicted and have no remainder: middle grey. ITU-T H.264, 7.3.3, 7.3.5. */
function greyPicture(): Buffer {
  const bits = new Bits()
  bits.ue(0, 7, 0).u(0, 0, 0, 0).ue(0).u(0, 0).ue(0)
  for (let block = 0; block < (width / 16) * (height / 16); block++) bits.ue(3, 0, 0).u(1)
  return Buffer.concat([Buffer.from([0x65]), bits.finish()])
}

class Bits {
  #bits = ''

  u(...bits: readonly number[]): this {
    this.#bits += bits.join('')
    return this
  }

  /** Exponential-Golomb codes. */
  ue(...values: readonly number[]): this {
    for (const value of values) {
      const binary = (value + 1).toString(2)
      this.#bits += '0'.repeat(binary.length - 1) + binary
    }
    return this
  }

  finish(): Buffer {
    const whole = `${this.#bits}1`
    const padded = whole.padEnd(Math.ceil(whole.length / 8) * 8, '0')
    return Buffer.from(Array.from(padded.match(/.{8}/g) ?? [], byte => Number.parseInt(byte, 2)))
  }
}

function lengthPrefixed(unit: Buffer): Buffer {
  return Buffer.concat([u32(unit.length), unit])
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 8), text(type), body])
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1')
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [place, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * place)
  return bytes
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [place, value] of values.entries()) bytes.writeUInt16BE(value, 2 * place)
  return bytes
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
