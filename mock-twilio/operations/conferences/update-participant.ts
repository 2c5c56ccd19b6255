import { refusal } from '../../errors.ts'
import { flag, isWebUrl, text, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { participantResource } from '../../resources/conference.ts'
import type { ParticipantSettings } from '../../voice/conference-record.ts'
import type { ParticipantSpot } from '../../voice/conferences.ts'
import { readMethod, readUrl } from '../calls/call-parameters.ts'
import { checkCoaching } from './coaching.ts'
import { findParticipant } from './find-conference.ts'

/** Mutes, puts on hold, lets coach, plays something to one participant. All is checked before anything is done. */
export const updateParticipant: Operation = {
  name: 'update-participant',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants/:CallSid.json',
  status: 200,
  handle: asked => {
    const { world, form, services } = asked
    const { conferences } = services
    const spot = findParticipant(asked)
    const { participant } = spot
    const muted = truth(form, 'Muted')
    const hold = truth(form, 'Hold')
    const holdMusic = {
      url: readUrl(form, 'HoldUrl', 21402),
      method: readMethod(form, 'HoldMethod', 'GET')
    }
    const announceUrl = readUrl(form, 'AnnounceUrl', 21402)
    const announceMethod = readMethod(form, 'AnnounceMethod')
    const change = readChange(form, spot)
    const call = world.calls.find(participant.callSid)
    if (announceUrl !== null && participant.joinedAt === null) {
      throw refusal(21220, participant.callSid, call?.status ?? 'completed')
    }

    if (Object.keys(change).length > 0) conferences.modify(world, spot, change)
    if (muted !== undefined) conferences.setMuted(world, spot, muted)
    if (hold !== undefined) conferences.setHold(world, spot, hold, holdMusic)
    if (announceUrl !== null) conferences.announce(world, spot, announceUrl, announceMethod)
    return participantResource(world, spot.conference, participant)
  }
}

/** Anything but true is false here: https://www.twilio.com/docs/voice/api/conference-participant-resource */
function truth(form: Form, name: string): boolean | undefined {
  const given = text(form, name)
  return given === undefined || given === '' ? undefined : given.toLowerCase() === 'true'
}

function readChange(form: Form, spot: ParticipantSpot): Partial<ParticipantSettings> {
  const change: Partial<ParticipantSettings> = {}
  const endConferenceOnExit = flag(form, 'EndConferenceOnExit')
  const beepsOnExit = flag(form, 'BeepOnExit')
  const waitUrl = text(form, 'WaitUrl')
  const waitMethod = readMethod(form, 'WaitMethod')
  if (waitUrl && !isWebUrl(waitUrl)) throw refusal(21402, waitUrl)
  if (endConferenceOnExit !== undefined) change.endConferenceOnExit = endConferenceOnExit
  if (beepsOnExit !== undefined) change.beepsOnExit = beepsOnExit
  if (waitUrl !== undefined) Object.assign(change, { waitUrl, waitMethod })
  const coaching = flag(form, 'Coaching')
  const callSidToCoach = text(form, 'CallSidToCoach') || undefined
  if (coaching === false) change.callSidToCoach = null
  else if (coaching === true || callSidToCoach !== undefined) {
    change.callSidToCoach = checkCoaching(spot.conference, callSidToCoach, spot.participant.callSid)
  }
  return change
}
