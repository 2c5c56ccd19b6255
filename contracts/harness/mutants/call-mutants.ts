import { type Mutant, mutant } from './mutant.ts'

const callLifecycle = 'features/calls/lifecycle.ts'
const conferences = 'features/conference-calls'
const voicemails = 'features/voicemails'
const video = 'features/video-calls'
const zoomSignature = 'providers/zoom/signature.ts'

/** Faults in calls, voicemails and video calls. */
export const callMutants: readonly Mutant[] = [
  mutant(
    'call-read-by-anyone',
    'a call can be read by every bearer',
    ['features/calls/routes.ts', ' and k.bearer_id = ${bearerId}', ''],
    ['access'],
    { operations: 'get_calls|conference' }
  ),
  mutant(
    'conference-read-by-anyone',
    'a conference call can be read by every bearer',
    [`${conferences}/routes.ts`, ' and f.bearer_id = ${bearer.id}', ''],
    ['access'],
    { operations: 'conference' }
  ),
  mutant(
    'voicemail-read-by-anyone',
    'a voicemail can be listened to by every bearer',
    [`${voicemails}/routes.ts`, ' and v.bearer_id = ${bearer.id}', ''],
    ['access'],
    { operations: 'voicemails' }
  ),
  mutant(
    'video-call-read-by-anyone',
    'every bearer reads a video call, with the tokens to join it',
    [`${video}/routes.ts`, 'known?.call.bearer_id !== bearer.id', 'known === undefined'],
    ['access'],
    { operations: 'video' }
  ),
  mutant(
    'video-call-joined-by-anyone',
    'every bearer gets a token to join a video call',
    [`${video}/create-participant.ts`, 'known?.call.bearer_id !== bearerId', 'known === undefined'],
    ['access'],
    { operations: 'video' }
  ),
  mutant(
    'everybody-is-host',
    'every participant of a video call is its host',
    [`${video}/create-participant.ts`, 'isHost: fields.is_host ?? false', 'isHost: true'],
    ['state'],
    { operations: 'video' }
  ),
  mutant(
    'conference-step-not-told',
    'a conference call begins and nobody is told',
    [
      `${conferences}/lifecycle.ts`,
      "status !== 'queued' && status !== 'ending'",
      "status !== 'queued' && status !== 'ending' && status !== 'in_progress'"
    ],
    ['events'],
    { operations: 'conference|webhooks' }
  ),
  mutant(
    'conference-told-twice',
    'the end of a conference call is told by two events',
    [
      `${conferences}/keep-conference.ts`,
      'news.push(await conferenceNews(deps.storage, conference, status))',
      "news.push(await conferenceNews(deps.storage, conference, status), await conferenceNews(deps.storage, conference, status + '-again'))"
    ],
    ['events'],
    { operations: 'conference|webhooks' }
  ),
  mutant(
    'machine-is-welcome',
    'a machine that picks up as moderator is put into the conference',
    [
      `${conferences}/answer-moderator.ts`,
      "isOver || isMachine(answeredBy === '' ? null : answeredBy)",
      'isOver'
    ],
    ['providers'],
    { operations: 'voice_responses|conference' }
  ),
  mutant(
    'call-moves-backwards',
    'a call that is over rings again',
    [callLifecycle, 'progress[to] <= progress[from]', 'progress[to] === progress[from]'],
    ['providers'],
    { operations: 'twilio_calls|messages|sdk_calls|get_calls' }
  ),
  mutant(
    'links-for-ever',
    'a link to a recording of a call is good for a week',
    ['features/calls/call-row.ts', 'lifetimeMs: 12 * hourMs', 'lifetimeMs: 168 * hourMs'],
    ['events'],
    { operations: 'conference|webhooks' }
  ),
  mutant(
    'links-without-signature',
    'who knows the name of a recording hears it',
    ['platform/stored-files.ts', '!link || !storage.links.isOurs(link, link.signature)', '!link'],
    ['events'],
    { operations: 'conference|webhooks' }
  ),
  mutant(
    'voicemail-without-its-number',
    'nobody knows who left a voicemail',
    [`${voicemails}/voicemail-row.ts`, 'caller_id: row.caller_id', "caller_id: ''"],
    ['events'],
    { operations: 'voicemails|webhooks' }
  ),
  mutant(
    'voicemail-that-nobody-hears',
    'a voicemail has no link to its recording',
    [
      `${voicemails}/voicemail-row.ts`,
      "key === null ? '' : await storage.linkTo(key, { lifetimeMs: 24 * hourMs })",
      "''"
    ],
    ['events'],
    { operations: 'voicemails|webhooks' }
  ),
  mutant(
    'one-name-for-all-bearers',
    'staff members of two bearers with one id have one browser',
    [
      'features/sdk-calls/voice-token.ts',
      'return `b${bearerId}_${plain',
      'return `b${Math.min(bearerId, 0)}_${plain'
    ],
    ['state'],
    { operations: 'sdk_calls' }
  ),
  mutant(
    'voice-token-for-a-day',
    'a voice token is good for 24 times as long',
    [
      'features/sdk-calls/voice-token.ts',
      'exp: iat + config.VOICE_TOKEN_SECONDS',
      'exp: iat + config.VOICE_TOKEN_SECONDS * 24'
    ],
    ['state'],
    { operations: 'sdk_calls' }
  ),
  mutant(
    'opt-out-of-calls-is-ignored',
    'who pressed 3 is called all the same',
    [
      'features/return-calls/receive-return-calls.ts',
      "choice === 'opt_out')",
      'choice === undefined)'
    ],
    ['providers'],
    { operations: 'twilio_calls|messages|conference' }
  ),
  mutant(
    'strangers-hear-the-menu',
    'a deactivated or unknown pairing is found by our number alone',
    ['features/return-calls/find-pairing.ts', ' and p.participant_number = ${from}', ''],
    ['providers'],
    { operations: 'twilio_calls|messages|sdk_calls' }
  ),
  mutant(
    'zoom-needs-no-signature',
    'events that Zoom did not sign are believed',
    [
      zoomSignature,
      'return given.length === expected.length && timingSafeEqual(given, expected)',
      'return given.length <= expected.length'
    ],
    ['providers'],
    { operations: 'zoom|video' }
  ),
  mutant(
    'zoom-of-yesterday',
    'an event of Zoom that was recorded long ago is believed again',
    [zoomSignature, 'Math.abs(now - Number(timestamp) * 1_000) > windowMs', 'windowMs < 0'],
    ['providers'],
    { operations: 'zoom|video' }
  ),
  mutant(
    'video-end-told-again',
    'the end of a video call is told by two events',
    [
      `${video}/watch-video-calls.ts`,
      "return from === to || to === 'created' ? [] : [{ change: to }]",
      "return from === to || to === 'created' ? [] : [{ change: to }, ...(to === 'ended' ? [{ change: to, of: 'again' }] : [])]"
    ],
    ['events', 'providers'],
    { operations: 'video|webhooks|zoom' }
  ),
  mutant(
    'video-has-no-end',
    'a video call goes on past its maximum length',
    [
      `${video}/standing.ts`,
      "const mustEnd = status === 'ended' || (endAt !== undefined && now >= endAt)",
      "const mustEnd = status === 'ended'"
    ],
    ['events'],
    { operations: 'video|webhooks' }
  ),
  mutant(
    'tokens-after-the-end',
    'a video call that is over still gives its host a token',
    [
      `${video}/read-video-call.ts`,
      '    !isOver(call.internal_status) &&\n    participant.token',
      '    participant.token'
    ],
    ['providers'],
    { operations: 'zoom|video' }
  ),
  mutant(
    'welcome-of-nobody',
    'participants do not hear the words of the request',
    [
      `${conferences}/answer-welcome.ts`,
      'coalesce(f.welcome_message, c.welcome_message)',
      'c.welcome_message'
    ],
    ['providers'],
    { operations: 'welcome|conference|messages' }
  )
]
