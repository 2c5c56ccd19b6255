import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import {
  conferenceCallback,
  topicOf,
  type ConferenceCallbackEvent
} from '../callbacks/conference-callback.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import { rfc2822 } from '../dates.ts'
import { isSid } from '../ids.ts'
import { moveConference } from '../lifecycles/conference.ts'
import { handsetOf } from '../resources/call.ts'
import type {
  ConferenceEndReason,
  ConferenceRecord,
  ConferenceSettings,
  ParticipantRecord,
  ParticipantSettings
} from './conference-record.ts'
import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'
import { checkRoom } from './conference-capacity.ts'
import { readConferenceNoun, type NounProblem, type RoomWish } from './conference-noun.ts'
import { ConferenceAudio, type Spot } from './conference-audio.ts'
import type { RecordingRecord } from './recording-record.ts'
import type { Recordings } from './recordings.ts'

/*
 * Who is in which conference, what they hear, and what is told of it. A conference is there from the moment
 * somebody gets in or is called to it, starts when two are inside and one of them starts it, and ends when
 * nobody is left, when one leaves who ends it, or when the application says so. Whoever is still being called
 * then is not called any further. (That a call under way keeps a conference open is our reading.)
 * https://www.twilio.com/docs/voice/twiml/conference
 */

/** What a conference does to the calls in it. */
export interface ConferenceLegs {
  /** The time in the conference is over: the call goes on behind its Dial. */
  leftRoom: (world: World, call: CallRecord) => void
  /** Nobody waits any more for the one who is being called. */
  drop: (world: World, call: CallRecord) => void
  hear: (
    world: World,
    call: CallRecord,
    how: 'said' | 'played' | 'spoken',
    what: string,
    ms: number
  ) => void
}

export interface ConferenceServices {
  callbacks: StatusCallbacks
  sender: CallbackSender
  planned: PlanHandlers<World>
  recordings: Recordings
  legs: ConferenceLegs
}

/** A call that comes in, or is to be made. */
export interface Entrance {
  /** Or the sid of one that goes on. */
  friendlyName: string
  /** Of a new one, where the application gives it: see gem_compat. */
  sid?: string
  participant: ParticipantSettings
  conference: ConferenceSettings
}

type LeaveReason =
  | 'conference_ended_via_api'
  | 'moderator_ended_conference'
  | 'participant_updated_via_api'
  | 'participant_hung_up'
  | 'participant_add_failed'

const beepMs = 500
const speechStep = 'conference.speech-over'

export class Conferences {
  readonly #callbacks: StatusCallbacks
  readonly #recordings: Recordings
  readonly #legs: ConferenceLegs
  readonly #audio: ConferenceAudio

  constructor({ callbacks, sender, planned, recordings, legs }: ConferenceServices) {
    this.#callbacks = callbacks
    this.#recordings = recordings
    this.#legs = legs
    this.#audio = new ConferenceAudio(sender, planned, {
      hear: (world, spot, how, what, ms) => this.#playTo(world, spot, { how, what, ms }),
      announced: (world, spot, url, failure) => this.#tellOfAnnouncement(world, spot, url, failure)
    })
    recordings.onCompleted((world, recording) => this.#tellInTheOldWay(world, recording))
    planned.on(speechStep, (world, { sid, call }) => {
      const conference = world.conferences.find(String(sid))
      const participant = conference?.participants.find(other => other.callSid === call)
      if (conference === undefined || participant === undefined) return
      this.#tell(world, conference, 'participant-speech-stop', { participant })
    })
  }

  /** A place for somebody who is going to be called. */
  expect(world: World, call: CallRecord, entrance: Entrance): ParticipantSpot {
    const conference = this.#conferenceFor(world, entrance)
    const participant = this.#seat(world, conference, call, entrance.participant)
    return { conference, participant }
  }

  /** A call wants in, by its Dial: one that was expected takes its place. Gives whether it gets in. */
  enter(
    world: World,
    call: CallRecord,
    noun: {
      name: string
      attributes: Readonly<Record<string, string>>
      documentUrl: string
    }
  ): boolean {
    const expected = spotOf(world, call.sid)
    if (expected !== undefined && expected.conference.sid === noun.name) {
      this.#admit(world, expected)
      return true
    }
    const { wish, problems } = readConferenceNoun(noun.name, noun.attributes, noun.documentUrl)
    const refusal = wish && this.#whyNot(world, call, wish)
    for (const problem of [...problems, ...(refusal === undefined ? [] : [refusal])]) {
      alert(world, call, problem)
    }
    if (wish === undefined || refusal !== undefined) return false
    const conference = this.#conferenceFor(world, wish.entrance)
    const participant = this.#seat(world, conference, call, wish.entrance.participant)
    this.#admit(world, { conference, participant })
    return true
  }

  #whyNot(
    world: World,
    call: CallRecord,
    { entrance, mostParticipants }: RoomWish
  ): NounProblem | undefined {
    const { friendlyName, participant } = entrance
    const open = openConference(world, friendlyName)
    const { label, callSidToCoach } = participant
    if (isSid(friendlyName, 'CF') && open === undefined) {
      const message = `conference ${friendlyName} does not exist or is completed`
      return { code: 13236, message, isError: true }
    }
    if (label !== null && open?.participants.some(other => other.label === label)) {
      const message = `the participant label ${label} is in use by another participant`
      return { code: 16025, message, isError: true }
    }
    if (callSidToCoach !== null) {
      const coached = open?.participants.find(({ callSid }) => callSid === callSidToCoach)
      if (coached === undefined || coached.joinedAt === null || callSidToCoach === call.sid) {
        const message = `${callSidToCoach.slice(0, 100)} is nobody in this conference to coach`
        return { code: 13240, message, isError: true }
      }
    }
    const full = checkRoom(world, open, mostParticipants)
    return full && { code: full.code, message: full.message, isError: true }
  }

  /** A call goes away by itself: it has ended, or has other things to do. */
  leave(
    world: World,
    call: CallRecord,
    why: 'hung-up' | 'redirected' | 'star' | 'time-limit'
  ): void {
    const spot = spotOf(world, call.sid)
    if (spot === undefined || spot.participant.joinedAt === null) return
    const reason = why === 'redirected' ? 'participant_updated_via_api' : 'participant_hung_up'
    const callStatus = why === 'hung-up' ? 'completed' : call.status
    this.#remove(world, spot, { reason, callStatus, isKicked: false })
  }

  /** A call is over: it may have been expected somewhere, in vain. */
  callEnded(world: World, call: CallRecord): void {
    const spot = spotOf(world, call.sid)
    if (spot === undefined) return
    const isInside = spot.participant.joinedAt !== null
    const reason = isInside ? 'participant_hung_up' : 'participant_add_failed'
    this.#remove(world, spot, { reason, callStatus: call.status, isKicked: false })
  }

  /** The application takes somebody out, who goes on behind the Dial. */
  kick(world: World, { conference, participant }: ParticipantSpot): void {
    const call = world.calls.find(participant.callSid)
    const isInside = participant.joinedAt !== null
    this.#remove(
      world,
      { conference, participant },
      {
        reason: 'participant_updated_via_api',
        callStatus: isInside ? (call?.status ?? 'completed') : 'canceled',
        isKicked: true
      }
    )
    if (call === undefined) return
    if (isInside) this.#legs.leftRoom(world, call)
    else this.#legs.drop(world, call)
  }

  /** The application ends it for all. */
  end(world: World, conference: ConferenceRecord): void {
    this.#end(world, conference, 'conference-ended-via-api')
  }

  setMuted(world: World, spot: ParticipantSpot, muted: boolean): void {
    const { participant } = spot
    if (participant.muted === muted) return
    this.#change(world, spot, { muted }, muted ? 'participant-mute' : 'participant-unmute')
  }

  setHold(
    world: World,
    spot: ParticipantSpot,
    hold: boolean,
    music: { url: string | null; method: 'GET' | 'POST' }
  ): void {
    const { conference, participant } = spot
    const isInside = participant.joinedAt !== null
    if (participant.hold !== hold) {
      this.#change(world, spot, { hold }, hold ? 'participant-hold' : 'participant-unhold')
    } else if (!hold || music.url === null) return
    if (!isInside) return
    if (hold) this.#audio.play(world, spot, { kind: 'hold', ...music })
    else if (conference.status === 'init') this.#letWait(world, spot)
    else this.#audio.stop(spot)
  }

  /** Whatever else can be changed of a participant. */
  modify(world: World, spot: ParticipantSpot, change: Partial<ParticipantSettings>): void {
    const { participant, conference } = spot
    this.#change(world, spot, change, 'participant-modify')
    const isWaiting = conference.status === 'init' && participant.joinedAt !== null
    if (change.waitUrl !== undefined && isWaiting && !participant.hold) this.#letWait(world, spot)
  }

  /** To one, or to everybody inside. */
  announce(world: World, spot: Spot, url: string, method: 'GET' | 'POST'): void {
    this.#audio.play(world, spot, { kind: 'announcement', url, method })
  }

  /** Somebody inside says something, which is heard by those who may. */
  spoken(world: World, call: CallRecord, { words, ms }: { words: string; ms: number }): void {
    const spot = spotOf(world, call.sid)
    if (spot === undefined || spot.participant.joinedAt === null) return
    const { conference, participant } = spot
    if (conference.status !== 'in-progress' || participant.muted || participant.hold) return
    const { sid } = conference
    this.#tell(world, conference, 'participant-speech-start', { participant })
    world.plan(ms, { kind: speechStep, sid, call: call.sid })
    const { callSidToCoach } = participant
    const heardBy = insideOf(conference)
      .filter(other => other !== participant && !other.hold)
      .filter(other => callSidToCoach === null || other.callSid === callSidToCoach)
      .flatMap(other => world.calls.find(other.callSid) ?? [])
    const who = handsetOf(call)
    // Who coaches is heard by one alone, and by no recording of all.
    if (callSidToCoach === null) {
      this.#recordings.note(world, { conferenceSid: sid }, { who, channel: 1, words, ms })
    }
    for (const other of heardBy) {
      this.#legs.hear(world, other, 'spoken', words, ms)
      this.#recordings.note(world, { callSid: other.sid }, { who, channel: 2, words, ms })
    }
  }

  #conferenceFor(world: World, entrance: Entrance): ConferenceRecord {
    const { friendlyName, sid, conference: settings } = entrance
    const open = openConference(world, friendlyName)
    if (open !== undefined) return open
    const now = world.now()
    const conference: ConferenceRecord = {
      ...settings,
      seq: world.conferences.nextSeq(),
      sid: sid ?? world.ids.sid('CF'),
      friendlyName,
      status: 'init',
      dateCreated: now,
      dateUpdated: now,
      endReason: null,
      endingCallSid: null,
      told: 0,
      turns: 0,
      participants: [],
      program: null
    }
    world.conferences.add(conference)
    world.journal.append({
      kind: 'conference.created',
      sid: conference.sid,
      friendly_name: friendlyName
    })
    return conference
  }

  #seat(
    world: World,
    conference: ConferenceRecord,
    call: CallRecord,
    settings: ParticipantSettings
  ): ParticipantRecord {
    const now = world.now()
    const participant: ParticipantRecord = {
      ...settings,
      callSid: call.sid,
      joinedAt: null,
      dateCreated: now,
      dateUpdated: now,
      program: null
    }
    conference.participants.push(participant)
    return participant
  }

  #admit(world: World, spot: ParticipantSpot): void {
    const { conference, participant } = spot
    participant.joinedAt = world.now()
    participant.dateUpdated = world.now()
    const { sid } = conference
    this.#note(world, 'conference.joined', spot)
    this.#tell(world, conference, 'participant-join', { participant })
    if (conference.status === 'in-progress') {
      if (participant.beepsOnEnter) this.#beep(world, spot)
    } else if (canStart(conference)) this.#start(world, conference)
    else if (!participant.hold) this.#letWait(world, spot)
    if (participant.hold && world.conferences.find(sid)?.status !== 'completed') {
      this.#audio.play(world, spot, { kind: 'hold', url: null, method: 'GET' })
    }
  }

  #start(world: World, conference: ConferenceRecord): void {
    moveConference(conference, 'started', world.now())
    const { sid, friendlyName } = conference
    world.journal.append({
      kind: 'conference.status',
      sid,
      friendly_name: friendlyName,
      was: 'init',
      status: 'in-progress'
    })
    this.#tell(world, conference, 'conference-start', {})
    for (const participant of conference.participants) {
      if (participant.program?.kind === 'wait') this.#audio.stop({ conference, participant })
    }
    const [first] = insideOf(conference)
    if (!conference.records || first === undefined) return
    this.#recordings.start(world, {
      callSid: first.callSid,
      conferenceSid: sid,
      source: 'Conference',
      channels: 1,
      track: 'both',
      trims: conference.trims,
      callback: conference.recordingCallback,
      transcribes: null,
      requestId: null
    })
  }

  #letWait(world: World, spot: ParticipantSpot): void {
    const { waitUrl: url, waitMethod: method } = spot.participant
    this.#audio.play(world, spot, { kind: 'wait', url, method })
  }

  #remove(
    world: World,
    spot: ParticipantSpot,
    how: { reason: LeaveReason; callStatus: string; isKicked: boolean }
  ): void {
    const { conference, participant } = spot
    conference.participants = conference.participants.filter(other => other !== participant)
    const wasInside = participant.joinedAt !== null
    participant.program = null
    this.#tellOfLeaving(world, spot, how.reason, how.callStatus)
    if (wasInside && participant.beepsOnExit && conference.status === 'in-progress') {
      this.#beep(world, spot)
    }
    if (wasInside && participant.endConferenceOnExit) {
      const reason = how.isKicked
        ? 'participant-with-end-conference-on-exit-kicked'
        : 'participant-with-end-conference-on-exit-left'
      this.#end(world, conference, reason, participant)
    } else if (conference.participants.length === 0) {
      const reason = how.isKicked ? 'last-participant-kicked' : 'last-participant-left'
      this.#end(world, conference, reason, participant)
    }
  }

  #end(
    world: World,
    conference: ConferenceRecord,
    reason: ConferenceEndReason,
    ending?: ParticipantRecord
  ): void {
    const { sid, status: was, friendlyName, participants } = conference
    moveConference(conference, 'ended', world.now())
    conference.participants = []
    conference.program = null
    conference.endReason = reason
    conference.endingCallSid = ending?.callSid ?? null
    const reasonLeft =
      reason === 'conference-ended-via-api'
        ? 'conference_ended_via_api'
        : 'moderator_ended_conference'
    for (const participant of participants) {
      participant.program = null
      const call = world.calls.find(participant.callSid)
      const status = participant.joinedAt === null ? 'canceled' : (call?.status ?? 'completed')
      this.#tellOfLeaving(world, { conference, participant }, reasonLeft, status)
    }
    this.#recordings.endAllOf(world, { conferenceSid: sid })
    world.journal.append({
      kind: 'conference.status',
      sid,
      friendly_name: friendlyName,
      was,
      status: 'completed',
      reason
    })
    const more: FormParameter[] = [
      ['Reason', endWords[reason]],
      ['ReasonConferenceEnded', reason]
    ]
    if (ending !== undefined) more.push(['CallSidEndingConference', ending.callSid])
    if (ending?.label) more.push(['ParticipantLabelEndingConference', ending.label])
    this.#tell(world, conference, 'conference-end', { more })
    for (const { callSid, joinedAt } of participants) {
      const call = world.calls.find(callSid)
      if (call === undefined) continue
      if (joinedAt === null) this.#legs.drop(world, call)
      else this.#legs.leftRoom(world, call)
    }
  }

  #change(
    world: World,
    spot: ParticipantSpot,
    change: Partial<ParticipantSettings>,
    event: ConferenceCallbackEvent
  ): void {
    const { conference, participant } = spot
    Object.assign(participant, change)
    participant.dateUpdated = world.now()
    const { callSid } = participant
    world.journal.append({
      kind: 'conference.changed',
      sid: conference.sid,
      call_sid: callSid,
      event,
      ...change
    })
    if (participant.joinedAt !== null) this.#tell(world, conference, event, { participant })
  }

  #beep(world: World, { conference, participant }: ParticipantSpot): void {
    for (const other of insideOf(conference)) {
      if (other === participant || other.hold) continue
      const call = world.calls.find(other.callSid)
      if (call !== undefined) this.#legs.hear(world, call, 'played', 'beep', beepMs)
    }
  }

  /** The one whom the sound is for, or everybody who is inside and not on hold. */
  #playTo(
    world: World,
    { conference, participant }: Spot,
    { how, what, ms }: { how: 'said' | 'played'; what: string; ms: number }
  ): void {
    const ears =
      participant === null ? insideOf(conference).filter(({ hold }) => !hold) : [participant]
    for (const { callSid } of ears) {
      const call = world.calls.find(callSid)
      if (call === undefined) continue
      this.#legs.hear(world, call, how, what, ms)
      if (how === 'said') this.#noteWords(world, { callSid }, what, ms)
    }
    if (how === 'said' && participant === null) {
      this.#noteWords(world, { conferenceSid: conference.sid }, what, ms)
    }
  }

  #noteWords(
    world: World,
    of: { callSid: string } | { conferenceSid: string },
    words: string,
    ms: number
  ): void {
    this.#recordings.note(world, of, { who: 'application', channel: 2, words, ms })
  }

  /** Whoever waited or was on hold goes on doing so. */
  #tellOfAnnouncement(world: World, spot: Spot, url: string, failure?: string): void {
    const { conference, participant } = spot
    const more: FormParameter[] = [['AnnounceUrl', url]]
    if (failure !== undefined) more.push(['ReasonAnnouncementFailed', failure])
    const event = failure === undefined ? 'announcement-end' : 'announcement-fail'
    world.journal.append({
      kind: 'conference.announced',
      sid: conference.sid,
      call_sid: participant?.callSid,
      url,
      reason: failure
    })
    this.#tell(world, conference, event, { participant: participant ?? undefined, more })
    if (participant === null) return
    if (participant.hold) {
      this.#audio.play(world, spot, { kind: 'hold', url: null, method: 'GET' })
    } else if (conference.status === 'init') this.#letWait(world, { conference, participant })
  }

  #tellOfLeaving(
    world: World,
    spot: ParticipantSpot,
    reason: LeaveReason,
    callStatus: string
  ): void {
    this.#note(world, 'conference.left', spot, reason)
    this.#tell(world, spot.conference, 'participant-leave', {
      participant: spot.participant,
      more: [
        ['ParticipantCallStatus', callStatus],
        ['ReasonParticipantLeft', reason]
      ]
    })
  }

  #note(
    world: World,
    kind: string,
    { conference, participant }: ParticipantSpot,
    reason?: string
  ): void {
    const { callSid, label } = participant
    const call = world.calls.find(callSid)
    world.journal.append({
      kind,
      sid: conference.sid,
      call_sid: callSid,
      number: call && handsetOf(call),
      label: label ?? undefined,
      reason
    })
  }

  /** https://www.twilio.com/docs/voice/twiml/conference#attributes-eventCallbackUrl */
  #tellInTheOldWay(world: World, { sid, conferenceSid, recordedMs }: RecordingRecord): void {
    const conference = world.conferences.find(conferenceSid ?? '')
    if (conference === undefined || conference.eventUrl === null) return
    const seconds = Math.round(recordedMs / 1000)
    this.#callbacks.tellOf(world, {
      sid,
      to: '',
      from: null,
      status: 'conference-record-end',
      url: conference.eventUrl,
      method: 'POST',
      parameters: [
        ['AccountSid', world.accountSid],
        ['ConferenceSid', conference.sid],
        ['Duration', String(seconds)],
        ['EventName', 'conference-record-end'],
        ['RecordingFileSize', String(44 + seconds * 16_000)],
        ['RecordingUrl', this.#recordings.urlOf(world, sid)],
        ['Timestamp', rfc2822(world.now())]
      ],
      isForged: false,
      requestId: null
    })
  }

  #tell(
    world: World,
    conference: ConferenceRecord,
    event: ConferenceCallbackEvent,
    about: Parameters<typeof conferenceCallback>[4]
  ): void {
    const { callback } = conference
    if (callback === null || !callback.topics.includes(topicOf[event])) return
    this.#callbacks.tellOf(world, conferenceCallback(world, conference, event, callback, about))
  }
}

function alert(world: World, call: CallRecord, { code, message, isError }: NounProblem): void {
  const { sid, from, to } = call
  world.alert(code, message, { sid, from, to, ...(isError ? {} : { severity: 'warning' }) })
}

export interface ParticipantSpot {
  conference: ConferenceRecord
  participant: ParticipantRecord
}

/** Free text, of which Twilio promises nothing: these words are ours. */
const endWords: Record<ConferenceEndReason, string> = {
  'conference-ended-via-api': 'Conference ended via API',
  'participant-with-end-conference-on-exit-left':
    'Participant with endConferenceOnExit left the conference',
  'participant-with-end-conference-on-exit-kicked':
    'Participant with endConferenceOnExit was removed from the conference',
  'last-participant-kicked': 'The last participant was removed from the conference',
  'last-participant-left': 'The last participant left the conference'
}

/** The one of that name that goes on, or of that sid. */
export function openConference(world: World, nameOrSid: string): ConferenceRecord | undefined {
  for (const conference of world.conferences.open()) {
    if (isNamed(conference, nameOrSid)) return conference
  }
  return undefined
}

/** Where a call is, or is expected. */
function spotOf(world: World, callSid: string): ParticipantSpot | undefined {
  for (const conference of world.conferences.open()) {
    const participant = conference.participants.find(other => other.callSid === callSid)
    if (participant !== undefined) return { conference, participant }
  }
  return undefined
}

function insideOf({ participants }: ConferenceRecord): ParticipantRecord[] {
  return participants.filter(({ joinedAt }) => joinedAt !== null)
}

function isNamed({ friendlyName, sid }: ConferenceRecord, nameOrSid: string): boolean {
  return friendlyName === nameOrSid || sid === nameOrSid
}

function canStart(conference: ConferenceRecord): boolean {
  const inside = insideOf(conference)
  return inside.length > 1 && inside.some(({ startConferenceOnEnter }) => startConferenceOnEnter)
}
