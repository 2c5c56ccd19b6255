import { handsetOf } from '../resources/call.ts'
import { recordingSeconds } from '../resources/recording.ts'
import type { Recordings } from './recordings.ts'
import type { Recorder } from './stage.ts'

/** What calls want of recordings. */
export function recorderOf(recordings: Recordings): Recorder {
  return {
    start: (world, { call, source, channels, track, trims, ...told }) => {
      const { statusCallback: url, statusCallbackMethod: method } = told
      const { sid } = recordings.start(world, {
        callSid: call.sid,
        conferenceSid: null,
        source,
        channels,
        track,
        trims,
        callback: url === null ? null : { url, method, events: told.statusCallbackEvents },
        transcribes: null,
        requestId: call.requestId
      })
      return sid
    },
    note: (world, call, { words, ms, isOfApplication = false }) => {
      const { sid: callSid } = call
      if (isOfApplication) {
        recordings.note(world, { callSid }, { who: 'application', channel: 2, words, ms })
        return
      }
      const who = handsetOf(call)
      recordings.note(world, { callSid }, { who, channel: 1, words, ms })
      // Whoever it is connected with hears it from the other side.
      const { bridgedWith } = call
      if (bridgedWith === null) return
      recordings.note(world, { callSid: bridgedWith }, { who, channel: 2, words, ms })
    },
    end: (world, sid, { isSilent, transcribe }) => {
      const recording = world.recordings.find(sid)
      const url = recordings.urlOf(world, sid)
      if (recording === undefined) return { url, seconds: 0 }
      if (transcribe !== null) {
        recording.transcribes = { url: transcribe.callback, method: 'POST' }
      }
      // Of a message without a word nothing is left when silence is cut off.
      const isEmpty = isSilent && recording.trims && recording.source === 'RecordVerb'
      recordings.end(world, recording, isEmpty)
      return { url, seconds: recordingSeconds(recording) }
    }
  }
}
