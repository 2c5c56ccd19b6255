import { refusal } from '../../errors.ts'
import { flag, isWebUrl, oneOf, text, texts, type Form } from '../../forms.ts'
import { isSid } from '../../ids.ts'
import type { Operation } from '../../operation.ts'
import { participantResource } from '../../resources/conference.ts'
import {
  checkRoom,
  isParticipantLabel,
  mostNameCharacters,
  mostParticipants
} from '../../voice/conference-capacity.ts'
import {
  conferenceTopics,
  type ConferenceCallback,
  type ConferenceRecord,
  type ConferenceSettings,
  type ConferenceTopic,
  type ParticipantSettings
} from '../../voice/conference-record.ts'
import { openConference, type Entrance } from '../../voice/conferences.ts'
import { buildCall } from '../../voice/new-call.ts'
import type { World } from '../../world.ts'
import {
  checkTheRest,
  readCallee,
  readCaller,
  readMethod,
  readParticipantCall,
  refuseMagicCallee
} from '../calls/call-parameters.ts'
import { readRecordingCallback } from '../recordings/recording-parameters.ts'
import { checkCoaching } from './coaching.ts'

/**
 * Calls somebody, who is in the conference from the moment of picking up. The conference is named by its sid
 * or by its friendly name: the one of that name that goes on, or else a new one.
 */
export const createParticipant: Operation = {
  name: 'create-participant',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants.json',
  status: 201,
  handle: asked => {
    const { world, form, params, services, requestId } = asked
    const to = readCallee(form)
    const { from, sid: phoneNumberSid } = readCaller(world, form, to)
    const { ConferenceSid: name = '' } = params
    checkName(world, name)
    const open = openConference(world, name)
    const entrance: Entrance = {
      friendlyName: name,
      ...(isSid(name, 'CF') ? { sid: name } : {}),
      participant: readParticipant(form, open),
      conference: readConference(form)
    }
    const most = readMost(form)
    const settings = readParticipantCall(form)
    checkTheRest(world, form)
    flag(form, 'EarlyMedia')
    oneOf(form, 'JitterBufferSize', ['large', 'medium', 'small', 'off'])
    refuseMagicCallee(to)
    const problem = checkRoom(world, open, most)
    if (problem !== undefined) throw refusal(problem.code, ...problem.values)

    const about = { direction: 'outbound-api', requestId, to, from, phoneNumberSid } as const
    const call = buildCall(world, { ...about, settings })
    const { conferences, calls } = services
    const { conference, participant } = conferences.expect(world, call, entrance)
    settings.twiml = `<Response><Dial><Conference>${conference.sid}</Conference></Dial></Response>`
    calls.start(world, call)
    return {
      ...participantResource(world, conference, participant),
      queue_time: String(call.queueMs)
    }
  }
}

/** In a world that stands in for the Ruby gem, any sid is that of a conference: its tests know no other. */
function checkName(world: World, name: string): void {
  if (isSid(name, 'CF') && openConference(world, name) === undefined) {
    const isNew = world.isGemCompatible && world.conferences.find(name) === undefined
    if (!isNew) throw refusal(16022, name)
  }
  if (name.length <= mostNameCharacters) return
  throw refusal(20001, `the name of a conference has at most ${mostNameCharacters} characters`)
}

function readParticipant(form: Form, open: ConferenceRecord | undefined): ParticipantSettings {
  const label = text(form, 'Label') || null
  if (label !== null && !isParticipantLabel(label)) throw refusal(16024, label)
  if (label !== null && open?.participants.some(other => other.label === label)) {
    throw refusal(16026, label)
  }
  const beep = oneOf(form, 'Beep', ['true', 'false', 'onEnter', 'onExit']) ?? 'true'
  const waitUrl = text(form, 'WaitUrl')
  if (waitUrl && !isWebUrl(waitUrl)) throw refusal(21402, waitUrl)
  const callSidToCoach = text(form, 'CallSidToCoach') || undefined
  const isCoaching = flag(form, 'Coaching') ?? callSidToCoach !== undefined
  return {
    label,
    muted: flag(form, 'Muted') ?? false,
    hold: false,
    callSidToCoach: isCoaching ? checkCoaching(open, callSidToCoach) : null,
    startConferenceOnEnter: flag(form, 'StartConferenceOnEnter') ?? true,
    endConferenceOnExit: flag(form, 'EndConferenceOnExit') ?? false,
    beepsOnEnter: beep === 'true' || beep === 'onEnter',
    beepsOnExit: beep === 'true' || beep === 'onExit',
    waitUrl: waitUrl ?? null,
    waitMethod: readMethod(form, 'WaitMethod')
  }
}

function readConference(form: Form): ConferenceSettings {
  const words = ['true', 'false', 'record-from-start', 'do-not-record'] as const
  const record = oneOf(form, 'ConferenceRecord', words)
  const trim = oneOf(form, 'ConferenceTrim', ['trim-silence', 'do-not-trim']) ?? 'trim-silence'
  const callback = readCallback(form)
  const recordingCallback = readRecordingCallback(form, 'ConferenceRecordingStatusCallback')
  return {
    callback,
    region: text(form, 'Region') || 'us1',
    records: record === 'true' || record === 'record-from-start',
    trims: trim === 'trim-silence',
    recordingCallback,
    eventUrl: recordingCallback === null ? (callback?.url ?? null) : null
  }
}

function readCallback(form: Form): ConferenceCallback | null {
  const url = text(form, 'ConferenceStatusCallback')
  const method = readMethod(form, 'ConferenceStatusCallbackMethod')
  const topics = readTopics(texts(form, 'ConferenceStatusCallbackEvent'))
  if (url === undefined || url === '') return null
  if (!isWebUrl(url)) throw refusal(21609, url)
  return { url, method, topics }
}

function readTopics(given: readonly string[]): ConferenceTopic[] {
  const words = given.flatMap(value => value.split(/[\s,]+/)).filter(word => word !== '')
  if (words.length === 0) return ['start', 'end']
  return words.map(word => {
    const topic = conferenceTopics.find(known => known === word)
    if (topic !== undefined) return topic
    const known = conferenceTopics.join(', ')
    throw refusal(20001, `ConferenceStatusCallbackEvent is ${known}, got ${word}`)
  })
}

function readMost(form: Form): number {
  const given = text(form, 'MaxParticipants')
  if (given === undefined || given === '') return mostParticipants
  const most = /^\d{1,6}$/.test(given) ? Number(given) : 0
  if (most >= 2 && most <= mostParticipants) return most
  throw refusal(20001, `MaxParticipants is from 2 to ${mostParticipants}, got ${given}`)
}
