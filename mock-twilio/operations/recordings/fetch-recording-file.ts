import { Readable } from 'node:stream'

import type { FastifyReply } from 'fastify'

import { mp3File } from '../../audio/mp3.ts'
import { piecesOf, type AudioFile, type Soundtrack } from '../../audio/soundtrack.ts'
import { wavFile } from '../../audio/wav.ts'
import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Call, Operation } from '../../operation.ts'
import { recordingSeconds } from '../../resources/recording.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'
import { byteRange } from './byte-range.ts'
import { findRecording } from './find-recording.ts'

/*
 * The sound of a recording: without an ending it is a WAV file. Accounts made since August 2023 ask for a
 * login, older ones need not: https://help.twilio.com/articles/15827821586843
 */

const path = '/api/2010-04-01/Accounts/:AccountSid/Recordings/:Sid'

export const fetchRecordingFile: Operation = fileOperation('fetch-recording-file', '', wavFile)
export const fetchRecordingWav: Operation = fileOperation('fetch-recording-wav', '.wav', wavFile)
export const fetchRecordingMp3: Operation = fileOperation('fetch-recording-mp3', '.mp3', mp3File)

function fileOperation(
  name: string,
  ending: string,
  fileOf: (soundtrack: Soundtrack) => AudioFile
): Operation {
  return {
    name,
    method: 'GET',
    path: path + ending,
    status: 200,
    isFile: true,
    isOpen: ({ origin }) => origin.recording_auth === 'off',
    handle: asked => send(asked.reply, fileOf(soundtrackOf(asked, findRecording(asked))))
  }
}

/** There is a file when the recording is completed, and not any more when it is deleted. */
function soundtrackOf({ query, path }: Call, recording: RecordingRecord): Soundtrack {
  const wanted = oneOf(query, 'RequestedChannels', ['1', '2'])
  if (recording.status !== 'completed') throw refusal(20404, path)
  if (wanted === '2' && recording.channels === 1) throw refusal(16113, recording.sid)
  const voices = [...new Set(recording.said.map(({ who }) => who))]
  return {
    ms: recordingSeconds(recording) * 1000,
    // What comes without a wish is our choice: as it was recorded.
    channels: wanted === '1' ? 1 : recording.channels,
    tones: recording.said.map(({ atMs, ms, channel, who }) => ({
      fromMs: atMs,
      toMs: atMs + ms,
      channel,
      voice: voices.indexOf(who)
    }))
  }
}

function send(reply: FastifyReply, file: AudioFile): FastifyReply {
  const { method, headers } = reply.request
  const range = byteRange(headers.range, file.bytes)
  void reply.type(file.type).header('accept-ranges', 'bytes')
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${file.bytes}`).send()
  }
  const { from, to } = range ?? { from: 0, to: file.bytes }
  if (range !== undefined) {
    void reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${file.bytes}`)
  }
  void reply.header('content-length', to - from)
  // Who asks about a file alone gets none of it, and it is not made.
  const pieces = method === 'HEAD' ? [] : piecesOf(file, from, to)
  return reply.send(Readable.from(pieces, { objectMode: false }))
}
