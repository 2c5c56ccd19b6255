/*
 * Where the provider asks and tells about calls. Each URL carries our id of what it is about, so that a callback
 * finds its call though the answer with the provider's own id was lost.
 */

const base = '/api/v1/twilio_calls'

export interface CallUrls {
  /** What the moderator of a conference hears. */
  moderator(conferenceUuid: string, callUuid: string): string
  /** What comes next in a call of ours, after what was dialled from it. */
  next(callUuid: string): string
  /** How a call fares. */
  status(callUuid: string): string
  /** How a conference fares. */
  conference(conferenceUuid: string): string
  recording(callUuid: string): string
  transcription(): string
  welcome(callUuid: string): string
  /** The menu of a return call. */
  menu(pairingId: number, step: string): string
  /** How a return call fares, or the leg to the staff member. */
  returnStatus(pairingId: number): string
  returnRecording(pairingId: number): string
  voicemail(pairingId: number): string
}

export function callUrls(publicUrl: string): CallUrls {
  const url = (path: string, query: Record<string, string | number> = {}): string => {
    const parameters = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
    )
    return `${publicUrl}${base}${path}${parameters.size > 0 ? `?${parameters.toString()}` : ''}`
  }
  return {
    moderator: (conference_uuid, call_uuid) =>
      url('/voice_responses', { conference_uuid, call_uuid }),
    next: call_uuid => url('/voice_responses', { call_uuid, step: 'over' }),
    status: call_uuid => url('/participant_status_changes', { call_uuid }),
    conference: conference_uuid => url('/conference_status_changes', { conference_uuid }),
    recording: call_uuid => url('/recordings', { call_uuid }),
    transcription: () => url('/transcriptions'),
    welcome: call_uuid => url(`/${call_uuid}/call_welcome_message`),
    menu: (pairing_id, step) => url('/menu', { pairing_id, step }),
    returnStatus: pairing_id => url('/participant_status_changes', { pairing_id }),
    returnRecording: pairing_id => url('/recordings', { pairing_id }),
    voicemail: pairing_id => url('/create_voicemail', { pairing_id })
  }
}
