import { createHmac } from 'node:crypto'

import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { account, debugged, firstNumber, person, refused, type ErrorCause } from './cause.ts'

/*
 * What goes wrong in the documents of calls, and with the tokens of browsers. Each document is that of a call that is
 * answered, and tells its one alert.
 */

const calls = `${account}/Calls.json`
const staff = '+16625550124'

export const voiceErrors: ErrorCause[] = [
  voice(11100, 'a call is redirected to what is no URL', '<Redirect>ftp://example.com</Redirect>'),
  voice(11215, 'the documents of a call redirect to one another for ever', '<Redirect/>'),
  document(12100, 'the document of a call is no XML', '<Response><Say>Hello</Response>'),
  document(12100, 'the document of a call defines entities', '<!DOCTYPE Response><Response/>'),
  document(12102, 'the document of a call has another root', '<html/>'),
  voice(12200, 'a verb of calls that does not exist', '<Shout>Hello</Shout>'),
  voice(12200, 'a verb of calls that is not carried out here', '<Enqueue>support</Enqueue>'),
  voice(
    13000,
    'a Conference that does not stand alone',
    `<Dial><Conference>a</Conference><Number>${staff}</Number></Dial>`
  ),
  voice(
    13201,
    'who is being dialled dials',
    `<Dial><Number url="/whisper">${staff}</Number></Dial>`
  ),
  dial(13210, 'a Dial by another method', 'action="/x" method="PUT"'),
  dial(13212, 'a Dial with a wrong timeout', 'timeout="x"'),
  dial(13213, 'a Dial with a wrong hangupOnStar', 'hangupOnStar="maybe"'),
  dial(13214, 'a Dial under a number of somebody else', 'callerId="+12125550100"'),
  voice(13215, 'something else within a Dial', `<Dial><Play/><Number>${staff}</Number></Dial>`),
  dial(13216, 'a Dial with a wrong timeLimit', 'timeLimit="x"'),
  dial(13217, 'a Dial with a wrong record', 'record="loudly"'),
  dial(13218, 'a Dial with a wrong sequential', 'sequential="1"'),
  dial(13219, 'a Dial with a wrong answerOnBridge', 'answerOnBridge="1"'),
  callee(13221, 'a Number by another method', 'url="/w" method="PUT"'),
  callee(13222, 'a Number with keys that no telephone has', 'sendDigits="!"'),
  voice(13223, 'a Dial to what is no number', '<Dial>school</Dial>'),
  voice(13224, 'a Dial to a number that is not supported', '<Dial>+15005550002</Dial>'),
  voice(13225, 'a Dial to a number that is blocked', '<Dial>+15005550004</Dial>'),
  voice(13227, 'a Dial to a region that is not enabled', '<Dial>+15005550003</Dial>'),
  voice(
    13246,
    'a Dial to a SIP address',
    `<Dial><Sip>sip:a@example.com</Sip><Number>${staff}</Number></Dial>`
  ),
  callee(21234, 'a Number with a wrong machineDetection', 'machineDetection="Yes"'),
  callee(21626, 'a Number with an event that does not exist', 'statusCallbackEvent="hung-up"'),
  callee(
    21263,
    'a Number with a wrong detection time',
    'machineDetection="Enable" machineDetectionTimeout="1"'
  ),
  gather(13310, 'a Gather with a wrong finishOnKey', 'finishOnKey="ab"'),
  gather(13312, 'a Gather by another method', 'method="PUT"'),
  gather(13313, 'a Gather with a wrong timeout', 'timeout="x"'),
  gather(13314, 'a Gather with a wrong numDigits', 'numDigits="0"'),
  voice(13320, 'another verb within a Gather', '<Gather timeout="1"><Hangup/></Gather>'),
  voice(13322, 'a Say within a Gather with a wrong loop', '<Gather><Say loop="x">A</Say></Gather>'),
  gather(13326, 'a Gather of something else than keys and speech', 'input="thought"'),
  gather(13327, 'a Gather with a wrong speechTimeout', 'speechTimeout="x"'),
  gather(13328, 'a Gather with a wrong maxSpeechTime', 'maxSpeechTime="x"'),
  gather(
    13329,
    'a Gather with a wrong partialResultCallbackMethod',
    'partialResultCallbackMethod="PUT"'
  ),
  gather(13332, 'a Gather with a wrong bargeIn', 'bargeIn="1"'),
  gather(13338, 'a Gather with a wrong actionOnEmptyResult', 'actionOnEmptyResult="1"'),
  voice(13410, 'a Play with a wrong loop', '<Play loop="x">/a.mp3</Play>'),
  voice(13430, 'a Play of keys that no telephone has', '<Play digits="!"/>'),
  voice(13510, 'a Say with a wrong loop', '<Say loop="x">Hello</Say>'),
  voice(13520, 'a Say without text', '<Say/>'),
  voice(13521, 'a Say of 4097 characters', `<Say>${'a'.repeat(4097)}</Say>`),
  recorded(13610, 'a Record by another method', 'method="PUT"'),
  recorded(13611, 'a Record with a wrong timeout', 'timeout="x"'),
  recorded(13612, 'a Record with a wrong maxLength', 'maxLength="x"'),
  recorded(13613, 'a Record with a wrong finishOnKey', 'finishOnKey="x"'),
  recorded(13614, 'a Record with a wrong transcribe', 'transcribe="x"'),
  recorded(13615, 'a Record too long to be transcribed', 'transcribe="true" maxLength="600"'),
  recorded(13616, 'a Record with a wrong playBeep', 'playBeep="x"'),
  recorded(13621, 'a Record with a wrong event', 'recordingStatusCallbackEvent="begun"'),
  recorded(13699, 'a Record with a wrong trim', 'trim="all"'),
  voice(13710, 'a Redirect by another method', '<Redirect method="PUT">/end</Redirect>'),
  voice(13810, 'a Reject with a wrong reason', '<Reject reason="tired"/>'),
  voice(13910, 'a Pause with a wrong length', '<Pause length="x"/>'),
  debugged(21262, 'an asynchronous detection that tells nobody', ({ request }) =>
    request('POST', calls, {
      To: person,
      From: firstNumber,
      Twiml: '<Response/>',
      MachineDetection: 'Enable',
      AsyncAmd: 'true'
    })
  ),
  token(20101, 'a token that is none', () => 'nonsense'),
  token(20102, 'a token of another algorithm', now => jwt({ ...header, alg: 'none' }, claims(now))),
  token(20103, 'a token of a key that nobody has', now =>
    jwt(header, { ...claims(now), iss: `SK${'9'.repeat(32)}` })
  ),
  token(20104, 'a token that has expired', now => jwt(header, claims(now - 7200))),
  token(20105, 'a token whose time has not come', now => jwt(header, claims(now + 600))),
  token(20106, 'a token without a grant for voice', now =>
    jwt(header, { ...claims(now), grants: { identity: 'ada' } })
  ),
  token(20107, 'a token with another signature', now => `${jwt(header, claims(now))}AAAA`)
]

function voice(code: number, cause: string, verbs: string): ErrorCause {
  return document(code, cause, `<Response>${verbs}</Response>`)
}

function dial(code: number, cause: string, attributes: string): ErrorCause {
  return voice(code, cause, `<Dial ${attributes}>${staff}</Dial>`)
}

function callee(code: number, cause: string, attributes: string): ErrorCause {
  return voice(code, cause, `<Dial><Number ${attributes}>${staff}</Number></Dial>`)
}

function gather(code: number, cause: string, attributes: string): ErrorCause {
  return voice(code, cause, `<Gather ${attributes}/>`)
}

function recorded(code: number, cause: string, attributes: string): ErrorCause {
  return voice(code, cause, `<Record ${attributes}/>`)
}

/** The staff hang up after a while; what else the application is asked is answered with nothing. */
function document(code: number, cause: string, xml: string): ErrorCause {
  return debugged(code, cause, async ({ request, receiver, mock }) => {
    receiver.answers(({ url }) => ({
      contentType: 'text/xml',
      body:
        url === '/voice'
          ? xml
          : url === '/whisper'
            ? '<Response><Dial>+16015550177</Dial></Response>'
            : '<Response/>'
    }))
    mock.world().handsets.changeCalls(staff, { hangs_up_after: '5 s' })
    // Silence is no recording, and too short a one is not written down.
    mock.world().handsets.changeCalls(person, { says: ['Ada has a cold and stays at home today'] })
    const Url = `${receiver.url}/voice`
    await request('POST', calls, { To: person, From: firstNumber, Url })
    await mock.clock.advance('10 min')
  })
}

const { accountSid, apiKeySid, apiKeySecret } = developmentAccount
const header = { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' }

function claims(iat: number): Record<string, unknown> {
  const grants = { identity: 'ada', voice: { incoming: { allow: true } } }
  return { iss: apiKeySid, sub: accountSid, iat, exp: iat + 3600, grants }
}

function token(code: number, cause: string, make: (now: number) => string): ErrorCause {
  return refused(code, 401, cause, ({ control, mock }) =>
    control('POST', '/_mock/clients', { token: make(Math.floor(mock.clock.now() / 1000)) })
  )
}

function jwt(fields: object, payload: object): string {
  const body = [fields, payload]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${body}.${createHmac('sha256', apiKeySecret).update(body).digest('base64url')}`
}
