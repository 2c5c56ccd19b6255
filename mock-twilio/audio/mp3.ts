import { tonesWithin, type AudioFile, type Soundtrack } from './soundtrack.ts'

/*
 * MPEG-2 Audio Layer III, 16 kHz at 16 kbit/s: each frame is 72 bytes and 576 samples, 36 ms. A frame stands
 * alone here, for itself, and there are only a few of them: silence, and a steady tone of each voice.
 *
 *   ff f3 28 ..   sync, MPEG-2, layer III, no checksum; 16 kbit/s, 16 kHz; one channel or two
 *   side info     9 bytes for one channel, 17 for two: where its bits begin (0), then for each channel how many
 *                 bits it has, how many pairs of values, how loud, which codes
 *   main data     the values, coded by Huffman: here all are 0 but one
 *
 * ISO/IEC 13818-3, 2.4; http://www.mp3-tech.org/programmer/frame_header.html
 */

const frameMs = 36
const frameBytes = 72

export function mp3File(soundtrack: Soundtrack): AudioFile {
  const frames = Math.ceil(soundtrack.ms / frameMs)
  return {
    type: 'audio/mpeg',
    bytes: frames * frameBytes,
    read: (from, to) => {
      const first = Math.floor(from / frameBytes)
      const last = Math.ceil(to / frameBytes)
      const tones = soundtrack.tones.filter(
        tone => tone.fromMs < last * frameMs && tone.toMs > first * frameMs
      )
      const here = { ...soundtrack, tones }
      const whole = Buffer.concat(
        Array.from({ length: last - first }, (_, index) => frameAt(here, first + index))
      )
      return whole.subarray(from - first * frameBytes, to - first * frameBytes)
    }
  }
}

type Voice = number | undefined

function frameAt(soundtrack: Soundtrack, index: number): Buffer {
  const left = voiceAt(soundtrack, index, 1)
  return soundtrack.channels === 1
    ? frameOf([left])
    : frameOf([left, voiceAt(soundtrack, index, 2)])
}

function voiceAt(soundtrack: Soundtrack, index: number, channel: 1 | 2): Voice {
  const middle = (index + 0.5) * frameMs
  const [tone] = tonesWithin(soundtrack, middle, middle + 1, channel)
  return tone === undefined ? undefined : tone.voice % lines.length
}

/** Of the 576 spectral lines, 13.9 Hz each, the one that sounds: about 200, 160 and 250 Hz. */
const lines = [14, 12, 18]
/** 210 is full scale. */
const loudness = 200

const madeFrames = new Map<string, Buffer>()

function frameOf(voices: readonly Voice[]): Buffer {
  const key = voices.join('/')
  const made = madeFrames.get(key) ?? makeFrame(voices)
  madeFrames.set(key, made)
  return made
}

function makeFrame(voices: readonly Voice[]): Buffer {
  const isStereo = voices.length === 2
  const values = voices.map(voice => (voice === undefined ? '' : valuesOf(lines[voice] ?? 0)))
  const side = [bits(0, 8), bits(0, isStereo ? 2 : 1)]
  for (const [channel, voice] of voices.entries()) {
    const pairs = voice === undefined ? 0 : (lines[voice] ?? 0) / 2 + 1
    side.push(
      bits(values[channel]?.length ?? 0, 12),
      bits(pairs, 9),
      bits(loudness, 8),
      bits(0, 9), // no scale factors
      bits(0, 1), // one long window
      bits(1, 5), // codes of table 1, in all three regions
      bits(1, 5),
      bits(1, 5),
      bits(15, 4),
      bits(7, 3),
      bits(0, 2)
    )
  }
  const head = Buffer.from(isStereo ? 'fff32804' : 'fff328c4', 'hex')
  const frame = Buffer.alloc(frameBytes)
  head.copy(frame)
  const all = side.join('') + values.join('')
  for (let at = 0; at < all.length; at += 8) {
    frame[head.length + at / 8] = Number.parseInt(all.slice(at, at + 8).padEnd(8, '0'), 2)
  }
  return frame
}

/** In pairs: 1 is two zeros, 01 a one and a zero, and the sign follows. */
function valuesOf(line: number): string {
  return `${'1'.repeat(line / 2)}010`
}

function bits(value: number, length: number): string {
  return value.toString(2).padStart(length, '0')
}
