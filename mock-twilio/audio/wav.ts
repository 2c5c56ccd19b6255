import { tonesWithin, type AudioFile, type Soundtrack } from './soundtrack.ts'

/*
 * RIFF WAVE, PCM of 16 bits at 8 kHz, as Twilio gives recordings. A header of 44 bytes, all numbers with the
 * least byte first, then one frame of a sample for each channel, 8000 times a second:
 *   RIFF <size> WAVE   fmt <16> <1: PCM> <channels> <rate> <bytes a second> <bytes a frame> <bits>   data <size>
 * http://soundfile.sapp.org/doc/WaveFormat/
 */

const rate = 8000
const headerBytes = 44

export function wavFile(soundtrack: Soundtrack): AudioFile {
  const { ms, channels } = soundtrack
  const frameBytes = channels * 2
  const dataBytes = Math.round((ms * rate) / 1000) * frameBytes
  const header = headerOf(channels, dataBytes)
  return {
    type: 'audio/x-wav',
    bytes: headerBytes + dataBytes,
    read: (from, to) => {
      const head = header.subarray(Math.min(from, headerBytes), Math.min(to, headerBytes))
      const start = Math.max(0, from - headerBytes)
      const end = Math.max(0, to - headerBytes)
      // Whole frames, of which the first and the last may be cut.
      const firstFrame = Math.floor(start / frameBytes)
      const lastFrame = Math.ceil(end / frameBytes)
      const frames = framesOf(soundtrack, firstFrame, lastFrame)
      const skipped = firstFrame * frameBytes
      return Buffer.concat([head, frames.subarray(start - skipped, end - skipped)])
    }
  }
}

function headerOf(channels: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write('RIFF', 0)
  header.writeUInt32LE(headerBytes - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

function framesOf(soundtrack: Soundtrack, from: number, to: number): Buffer {
  const { channels } = soundtrack
  const frames = Buffer.alloc((to - from) * channels * 2)
  for (let channel = 0; channel < channels; channel++) {
    const side = channel === 0 ? 1 : 2
    for (const tone of tonesWithin(soundtrack, (from * 1000) / rate, (to * 1000) / rate, side)) {
      const wave = waves[tone.voice % waves.length] ?? []
      const first = Math.max(from, Math.ceil((tone.fromMs * rate) / 1000))
      const last = Math.min(to, Math.ceil((tone.toMs * rate) / 1000))
      for (let at = first; at < last; at++) {
        const sample = Math.round((wave[at % wave.length] ?? 0) * (syllable[at % 2000] ?? 0))
        frames.writeInt16LE(sample, ((at - from) * channels + channel) * 2)
      }
    }
  }
  return frames
}

/** One period of each voice, 160 to 250 Hz, and the rise and fall of four syllables a second. */
const waves = [40, 50, 32].map(length =>
  Array.from({ length }, (_, at) => 8000 * Math.sin((2 * Math.PI * at) / length))
)
const syllable = Array.from({ length: 2000 }, (_, at) => Math.sin((Math.PI * at) / 2000))
