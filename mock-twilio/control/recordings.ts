import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { recordingSeconds } from '../resources/recording.ts'
import type { RecordingRecord } from '../voice/recording-record.ts'
import type { Recordings } from '../voice/recordings.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const Named = Type.Object({ sid: Type.String({ maxLength: 64 }) })

/** What was said into recordings: nobody has to listen to the tones of the file. */
export const recordingControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
  recordings: Recordings
}> = (app, { world, recordings }, done) => {
  app.get('/_mock/recordings', request => {
    const here = world(worldNameIn(request))
    return {
      recordings: Array.from(here.recordings.all(), one => shown(here, recordings, one))
    }
  })

  app.get('/_mock/recordings/:sid', { schema: { params: Named } }, request => {
    const here = world(worldNameIn(request))
    const { sid } = request.params
    const recording = here.recordings.find(sid)
    if (recording !== undefined) return shown(here, recordings, recording)
    throw new ControlRefusal(404, `no recording ${sid} in ${here.name}`)
  })

  done()
}

function shown(world: World, recordings: Recordings, recording: RecordingRecord) {
  const { sid, status, source, channels, callSid, conferenceSid, said, startTime } = recording
  return {
    sid,
    status,
    source,
    channels,
    call_sid: callSid,
    conference_sid: conferenceSid,
    started_at: new Date(startTime).toISOString(),
    seconds: recordingSeconds(recording),
    url: recordings.urlOf(world, sid),
    said: said.map(({ atMs, ms, channel, who, words }) => ({
      at_ms: atMs,
      ms,
      channel,
      who,
      words
    })),
    transcriptions: Array.from(world.transcriptions.all())
      .filter(({ recordingSid }) => recordingSid === sid)
      .map(({ sid: transcription, status: state, text }) => ({
        sid: transcription,
        status: state,
        text
      }))
  }
}
