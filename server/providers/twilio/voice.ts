import type { Readable } from 'node:stream'
import type { TwilioConnection } from './client.ts'
import {
  callStatusOf,
  type ProviderStatus,
  restFailure,
  sendFailure,
  type SendOutcome
} from './gateway.ts'

/** Somebody who is called into a conference. */
export interface Invitation {
  conferenceSid: string
  to: string
  from: string
  /** Our id of the leg; the provider knows it by this. */
  label: string
  statusCallback: string
  ringSeconds: number
}

/** A conference that the provider has. */
export interface ProviderConference {
  sid: string
  /** init, in-progress or completed. */
  status: string
}

/** A recording that the provider has, or makes. */
export interface ProviderRecording {
  sid: string
  /** in-progress, paused, stopped, processing, completed or absent. */
  status: string
  durationSeconds: number | null
  /** Of a Record verb: somebody spoke after the tone. */
  isVoicemail: boolean
}

export interface ProviderTranscription {
  sid: string
  /** in-progress, completed or failed. */
  status: string
  text: string
}

/**
 * Calls in progress, conferences and recordings at Twilio. What places a call says what came of it; everything else
 * rejects when the provider cannot be asked, and is safe to repeat.
 */
export interface VoiceGateway {
  /** Calls somebody into a conference that is there. */
  invite(invitation: Invitation): Promise<SendOutcome>
  /** Hangs up, or takes back a call that is not answered. Gives what became of it; undefined when it is not there. */
  endCall(sid: string): Promise<ProviderStatus | undefined>
  /** Undefined for a call that is not there. */
  fetchCall(sid: string): Promise<ProviderStatus | undefined>
  /** The leg that was dialled from a call, if one was. */
  findDialledLeg(parentSid: string): Promise<ProviderStatus | undefined>
  /** The newest conference of this name. */
  findConference(name: string): Promise<ProviderConference | undefined>
  /** The SIDs of the calls that are in a conference now. */
  callsIn(conferenceSid: string): Promise<string[]>
  endConference(conferenceSid: string): Promise<void>
  /** Plays a document to one who is in a conference; nothing happens to one who is not there any more. */
  announceTo(conferenceSid: string, callSid: string, url: string): Promise<void>
  findRecordings(of: { callSid: string } | { conferenceSid: string }): Promise<ProviderRecording[]>
  /** The bytes as they come; undefined when the provider has them not, or not yet. */
  openRecording(sid: string): Promise<{ contentType: string; body: Readable } | undefined>
  /** What is gone already is no error. */
  deleteRecording(sid: string): Promise<void>
  /** The newest one of a recording. */
  findTranscription(recordingSid: string): Promise<ProviderTranscription | undefined>
}

/** Four hours: the provider's own limit. */
export const longestConferenceSeconds = 14_400

export function createVoiceGateway({
  client,
  download
}: Pick<TwilioConnection, 'client' | 'download'>): VoiceGateway {
  return {
    async invite({ conferenceSid, to, from, label, statusCallback, ringSeconds }) {
      try {
        const participant = await client.conferences(conferenceSid).participants.create({
          to,
          from,
          label,
          statusCallback,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          timeout: ringSeconds,
          timeLimit: longestConferenceSeconds,
          startConferenceOnEnter: true,
          endConferenceOnExit: false
        })
        const { callSid: sid } = participant
        return {
          kind: 'taken',
          sid,
          status: 'queued',
          errorCode: null,
          errorMessage: null,
          answeredBy: null
        }
      } catch (error) {
        return sendFailure(error)
      }
    },

    async endCall(sid) {
      try {
        return callStatusOf(await client.calls(sid).update({ status: 'completed' }))
      } catch (error) {
        const { status } = restFailure(error)
        // One that is over already is no longer changed, and says what became of it.
        if (status !== undefined && status >= 400 && status < 500 && status !== 429)
          return fetchCall(sid)
        throw error
      }
    },

    fetchCall,

    async findDialledLeg(parentCallSid) {
      const [leg] = await client.calls.list({ parentCallSid, limit: 1 })
      return leg && callStatusOf(leg)
    },

    async findConference(friendlyName) {
      const [found] = await client.conferences.list({ friendlyName, limit: 1 })
      return found && { sid: found.sid, status: found.status }
    },

    async callsIn(conferenceSid) {
      const participants = await client.conferences(conferenceSid).participants.list({ limit: 250 })
      return participants.map(({ callSid }) => callSid)
    },

    async endConference(conferenceSid) {
      await unlessGone(client.conferences(conferenceSid).update({ status: 'completed' }))
    },

    async announceTo(conferenceSid, callSid, announceUrl) {
      await unlessGone(
        client.conferences(conferenceSid).participants(callSid).update({
          announceUrl,
          announceMethod: 'POST'
        })
      )
    },

    async findRecordings(of) {
      const recordings = await client.recordings.list({ ...of, limit: 20 })
      return recordings.map(({ sid, status, duration, source }) => ({
        sid,
        status,
        durationSeconds: secondsIn(duration),
        isVoicemail: source === 'RecordVerb'
      }))
    },

    async openRecording(sid) {
      const { status, contentType, body } = await download(`Recordings/${sid}.mp3`)
      if (status === 200) return { contentType, body }
      // What is not wanted is read away, so that its socket is free again.
      body.resume()
      if (status === 404) return undefined
      throw new Error(`The recording ${sid} was answered with ${status}`)
    },

    async deleteRecording(sid) {
      await unlessGone(client.recordings(sid).remove())
    },

    async findTranscription(recordingSid) {
      const [found] = await client.recordings(recordingSid).transcriptions.list({ limit: 1 })
      return found && { sid: found.sid, status: found.status, text: found.transcriptionText ?? '' }
    }
  }

  async function fetchCall(sid: string): Promise<ProviderStatus | undefined> {
    return unlessGone(client.calls(sid).fetch().then(callStatusOf))
  }
}

/** https://www.twilio.com/docs/api/errors/20404: not there; a conference that is over is not changed either. */
async function unlessGone<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    const { status } = restFailure(error)
    if (status === 404 || status === 400 || status === 409) return undefined
    throw error
  }
}

export const secondsIn = (duration: string | null | undefined): number | null => {
  const seconds = Number(duration)
  return duration === null ||
    duration === undefined ||
    duration === '' ||
    !Number.isSafeInteger(seconds)
    ? null
    : Math.max(0, seconds)
}
