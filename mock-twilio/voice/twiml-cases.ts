import twilio from 'twilio'

import type { CallHabits } from '../carrier/persona.ts'

/*
 * TwiML documents, each with the rule of Twilio's documentation that it is about, what is to happen in the call, and
 * how the call ends. A document is written by hand, or by the SDK's builder.
 */

export interface TwimlCase {
  /** The page of https://www.twilio.com/docs/ that says so. */
  page: string
  rule: string
  document: string
  /** What the application answers at other paths. */
  at?: Record<string, string>
  contentType?: string
  /** A call that comes in, instead of one that goes out. */
  inbound?: true
  fallback?: true
  /** What the person does. */
  person?: CallHabits
  /** Of the phone that is dialled. */
  staff?: CallHabits
  /** The call's steps after it was answered, without times. */
  steps: string[]
  ends?: string
}

const { VoiceResponse } = twilio.twiml

const say = 'voice/twiml/say'
const play = 'voice/twiml/play'
const pause = 'voice/twiml/pause'
const gather = 'voice/twiml/gather'
const record = 'voice/twiml/record'
const dial = 'voice/twiml/dial'
const number = 'voice/twiml/number'
const twiml = 'voice/twiml'
const redirect = 'voice/twiml/redirect'
const hangup = 'voice/twiml/hangup'
const reject = 'voice/twiml/reject'
const error = (code: number) => `api/errors/${code}`
const staffNumber = '+16625550124'
const apology = 'says "We are sorry, an application error has occurred. Goodbye."'

function response(...verbs: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${verbs.join('')}</Response>`
}

function built(make: (response: InstanceType<typeof VoiceResponse>) => unknown): string {
  const voice = new VoiceResponse()
  make(voice)
  return voice.toString()
}

const next = { '/next': response('<Say>Next</Say>') }

const speaking: TwimlCase[] = [
  {
    page: say,
    rule: 'Say reads its text out',
    document: response('<Say>Hello</Say>'),
    steps: ['says "Hello"']
  },
  {
    page: say,
    rule: 'Say of the builder, with voice and language',
    document: built(voice => voice.say({ voice: 'Polly.Joanna', language: 'en-US' }, 'Hi & bye')),
    steps: ['says "Hi & bye"']
  },
  {
    page: say,
    rule: 'loop repeats what is said',
    document: response('<Say loop="3">Bell</Say>'),
    steps: ['says "Bell"', 'says "Bell"', 'says "Bell"']
  },
  {
    page: say,
    rule: 'loop="0" goes on until somebody hangs up',
    document: response('<Say loop="0">Bell</Say><Say>Never</Say>'),
    person: { hangs_up_after: '3500 ms' },
    steps: ['says "Bell"', 'says "Bell"', 'says "Bell"', 'says "Bell"', 'the person hangs up']
  },
  {
    page: error(13510),
    rule: 'a wrong loop is warned of, and counts as one',
    document: response('<Say loop="often">Bell</Say>'),
    steps: ['warning 13510', 'says "Bell"']
  },
  {
    page: error(13520),
    rule: 'a Say without text is warned of, and left out',
    document: response('<Say></Say><Say>Hello</Say>'),
    steps: ['warning 13520', 'says "Hello"']
  },
  {
    page: error(13521),
    rule: 'a Say of more than 4096 characters is left out',
    document: response(`<Say>${'la '.repeat(1400)}</Say>`, '<Say>Hello</Say>'),
    steps: ['warning 13521', 'says "Hello"']
  },
  {
    page: 'voice/twiml/say/text-speech#ssml',
    rule: 'SSML is read as its words, and a break takes its time',
    document: response('<Say>One <break time="2s"/><emphasis>two</emphasis></Say><Pause/>'),
    steps: ['says "One two"', 'waits 1 s'],
    ends: 'completed after 4 s'
  },
  {
    page: say,
    rule: 'text in CDATA is text',
    document: response('<Say><![CDATA[Fish & chips]]></Say>'),
    steps: ['says "Fish & chips"']
  },
  {
    page: twiml,
    rule: 'comments are ignored',
    document: response('<!-- Say nothing --><Say>Hello</Say><!-- & done -->'),
    steps: ['says "Hello"']
  },
  {
    page: twiml,
    rule: 'verbs are executed in the order of the document',
    document: response('<Say>One</Say><Say>Two</Say><Play>/three.mp3</Play>'),
    steps: ['says "One"', 'says "Two"', 'plays APP/three.mp3']
  },
  {
    page: twiml,
    rule: 'names are case-sensitive: an unknown verb is warned of and skipped',
    document: response('<say>Hello</say><Say>Hello</Say>'),
    steps: ['warning 12200', 'says "Hello"']
  },
  {
    page: error(12200),
    rule: 'an unknown attribute is warned of and ignored',
    document: response('<Say Voice="alice">Hello</Say>'),
    steps: ['warning 12200', 'says "Hello"']
  },
  {
    page: play,
    rule: 'Play plays a file, whose address is relative to the document',
    document: response('<Play>audio/bell.mp3</Play>'),
    steps: ['plays APP/audio/bell.mp3']
  },
  {
    page: play,
    rule: 'loop repeats what is played',
    document: built(voice => voice.play({ loop: 2 }, 'https://example.com/bell.wav')),
    steps: ['plays https://example.com/bell.wav', 'plays https://example.com/bell.wav']
  },
  {
    page: play,
    rule: 'Play sends keys, a w being half a second',
    document: built(voice => voice.play({ digits: 'ww1#' })),
    steps: ['plays the keys ww1#'],
    ends: 'completed after 2 s'
  },
  {
    page: error(13410),
    rule: 'a wrong loop of Play is warned of',
    document: response('<Play loop="-1">/bell.mp3</Play>'),
    steps: ['warning 13410', 'plays APP/bell.mp3']
  },
  {
    page: error(13430),
    rule: 'keys that no telephone has are warned of, and nothing is played',
    document: response('<Play digits="12x"/><Say>Hello</Say>'),
    steps: ['warning 13430', 'says "Hello"']
  },
  {
    page: pause,
    rule: 'Pause waits for a second, or for its length',
    document: built(voice => {
      voice.pause()
      voice.pause({ length: 5 })
    }),
    steps: ['waits 1 s', 'waits 5 s'],
    ends: 'completed after 6 s'
  },
  {
    page: error(13910),
    rule: 'a wrong length of a Pause is warned of',
    document: response('<Pause length="0"/>'),
    steps: ['warning 13910', 'waits 1 s']
  },
  {
    page: pause,
    rule: 'a Pause as the first verb of an incoming call lets the phone ring',
    document: response('<Pause length="4"/><Say>Hello</Say>'),
    inbound: true,
    steps: ['waits 4 s', 'is answered', 'says "Hello"'],
    ends: 'completed after 1 s'
  }
]

const flow: TwimlCase[] = [
  {
    page: twiml,
    rule: 'at the end of the document the call is hung up',
    document: response(),
    steps: []
  },
  {
    page: hangup,
    rule: 'Hangup ends the call, and later verbs are not reached',
    document: response('<Say>Bye</Say><Hangup/><Say>Never</Say>'),
    steps: ['says "Bye"']
  },
  {
    page: hangup,
    rule: 'Hangup as the first verb of an incoming call answers it all the same',
    document: response('<Hangup/>'),
    inbound: true,
    steps: ['is answered']
  },
  {
    page: reject,
    rule: 'Reject as the first verb of an incoming call does not answer it',
    document: built(voice => voice.reject()),
    inbound: true,
    steps: [],
    ends: 'busy after 0 s'
  },
  {
    page: reject,
    rule: 'Reject says that it is busy',
    document: built(voice => voice.reject({ reason: 'busy' })),
    inbound: true,
    steps: [],
    ends: 'busy after 0 s'
  },
  {
    page: reject,
    rule: 'Reject means nothing in a call that is answered',
    document: response('<Reject/><Say>Hello</Say>'),
    steps: ['says "Hello"']
  },
  {
    page: reject,
    rule: 'behind another verb Reject means nothing',
    document: response('<Say>Hello</Say><Reject/><Say>Bye</Say>'),
    inbound: true,
    steps: ['is answered', 'says "Hello"', 'says "Bye"']
  },
  {
    page: error(13810),
    rule: 'a wrong reason is warned of',
    document: response('<Reject reason="tired"/>'),
    inbound: true,
    steps: ['warning 13810'],
    ends: 'busy after 0 s'
  },
  {
    page: redirect,
    rule: 'Redirect passes control, and later verbs are not reached',
    document: response('<Redirect>/next</Redirect><Say>Never</Say>'),
    at: next,
    steps: ['asks POST APP/next', 'says "Next"']
  },
  {
    page: redirect,
    rule: 'Redirect by GET',
    document: built(voice => voice.redirect({ method: 'GET' }, '/next')),
    at: next,
    steps: ['asks GET APP/next', 'says "Next"']
  },
  {
    page: error(13710),
    rule: 'a wrong method is warned of, and is POST',
    document: response('<Redirect method="PUT">/next</Redirect>'),
    at: next,
    steps: ['warning 13710', 'asks POST APP/next', 'says "Next"']
  },
  {
    page: redirect,
    rule: 'an address is relative to the document that it is in',
    document: response('<Redirect>/deep/one</Redirect>'),
    at: {
      '/deep/one': response('<Redirect>two</Redirect>'),
      '/deep/two': response('<Say>2</Say>')
    },
    steps: ['asks POST APP/deep/one', 'asks POST APP/deep/two', 'says "2"']
  },
  {
    page: error(11100),
    rule: 'an address that is none is an application error',
    document: response('<Redirect>ftp://example.com/</Redirect>'),
    steps: [apology]
  },
  {
    page: error(11200),
    rule: 'an address that answers with an error is an application error',
    document: response('<Redirect>/broken</Redirect>'),
    steps: ['unanswered 11200', apology]
  },
  {
    page: 'usage/webhooks/voice-webhooks',
    rule: 'the fallback is asked in the place of an address that fails',
    document: response('<Redirect>/broken</Redirect>'),
    fallback: true,
    at: { '/fallback': response('<Say>Sorry</Say>') },
    steps: [
      'unanswered 11200',
      'asks POST APP/fallback with ErrorCode=11200, ErrorUrl=APP/broken',
      'says "Sorry"'
    ]
  },
  {
    page: error(12100),
    rule: 'a document that is no XML has the fallback in its place',
    document: '<Response><Say>Hello</Response>',
    fallback: true,
    at: { '/fallback': response('<Say>Sorry</Say>') },
    steps: [
      'unreadable 12100',
      'asks POST APP/fallback with ErrorCode=12100, ErrorUrl=APP/voice',
      'says "Sorry"'
    ]
  },
  {
    page: error(12100),
    rule: 'where the fallback fails too, the caller hears that something went wrong',
    document: '<Response>',
    fallback: true,
    at: { '/fallback': '<Response>' },
    steps: [
      'unreadable 12100',
      'asks POST APP/fallback with ErrorCode=12100, ErrorUrl=APP/voice',
      'unreadable 12100',
      apology
    ]
  },
  {
    page: error(12100),
    rule: 'an incoming call whose document is no XML was never answered',
    document: '<Response>',
    inbound: true,
    steps: ['unreadable 12100'],
    ends: 'failed after 0 s'
  },
  {
    page: error(12102),
    rule: 'the root is Response',
    document: '<Answer/>',
    steps: ['unreadable 12102', apology]
  },
  {
    page: error(12100),
    rule: 'a lone & is no XML',
    document: response('<Say>Fish & chips</Say>'),
    steps: ['unreadable 12100', apology]
  },
  {
    page: error(12300),
    rule: 'a type that is not understood is an application error',
    document: '{}',
    contentType: 'application/json',
    steps: ['unreadable 12300', apology]
  },
  {
    page: twiml,
    rule: 'plain text is read out',
    document: 'School is closed & quiet',
    contentType: 'text/plain',
    steps: ['says "School is closed & quiet"']
  },
  {
    page: twiml,
    rule: 'a recording is played',
    document: 'RIFF',
    contentType: 'audio/wav',
    steps: ['plays APP/voice']
  },
  {
    page: twiml,
    rule: 'an empty answer is an empty document',
    document: '',
    steps: []
  },
  {
    page: 'voice/twiml/enqueue',
    rule: 'Enqueue is not carried out here, which is said, and the call goes on',
    document: response('<Enqueue>support</Enqueue><Say>Hello</Say>'),
    steps: ['error 12200', 'says "Hello"']
  },
  {
    page: 'voice/twiml/leave',
    rule: 'Leave means nothing to a call that is in no queue',
    document: response('<Leave/><Say>Hello</Say>'),
    steps: ['warning 12200', 'says "Hello"']
  },
  {
    page: 'voice/twiml/connect',
    rule: 'Connect is not carried out here, which is said',
    document: response('<Connect><Stream url="wss://example.com/"/></Connect>'),
    steps: ['error 12200']
  }
]

const press = (attributes = '', inside = '<Say>Press a key</Say>') =>
  `<Gather action="/next" ${attributes}>${inside}</Gather>`

const gathering: TwimlCase[] = [
  {
    page: gather,
    rule: 'with numDigits the action is asked at the last key',
    document: response(press('numDigits="2"'), '<Say>Never</Say>'),
    at: next,
    person: { presses: ['42'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses 42',
      'gathered keys "42"',
      'asks POST APP/next with Digits=42',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'the finishing key is not among the digits',
    document: response(press()),
    at: next,
    person: { presses: ['4711#'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses 4711#',
      'gathered keys "4711"',
      'asks POST APP/next with Digits=4711, FinishedOnKey=#',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'another finishing key',
    document: response(press('finishOnKey="*"')),
    at: next,
    person: { presses: ['12*'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses 12*',
      'gathered keys "12"',
      'asks POST APP/next with Digits=12, FinishedOnKey=*',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'without a finishing key every key counts, until none comes for the timeout',
    document: response(press('finishOnKey="" timeout="3"')),
    at: next,
    person: { presses: ['1#*'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses 1#*',
      'gathered keys "1#*"',
      'asks POST APP/next with Digits=1#*',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'without input the next verb follows',
    document: response(press(), '<Say>Nothing</Say>'),
    steps: ['gathers keys', 'says "Press a key"', 'gathered nothing', 'says "Nothing"']
  },
  {
    page: gather,
    rule: 'the finishing key alone is no input',
    document: response(press(), '<Say>Nothing</Say>'),
    person: { presses: ['#'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses #',
      'gathered nothing',
      'says "Nothing"'
    ]
  },
  {
    page: gather,
    rule: 'with actionOnEmptyResult the action is asked without input',
    document: built(voice =>
      voice.gather({ action: '/next', actionOnEmptyResult: true, timeout: 2 }).say('Press a key')
    ),
    at: next,
    steps: [
      'gathers keys',
      'says "Press a key"',
      'gathered keys ""',
      'asks POST APP/next with Digits=',
      'says "Next"'
    ],
    ends: 'completed after 4 s'
  },
  {
    page: gather,
    rule: 'without an action the document itself is asked again',
    document: response('<Gather numDigits="1"/>'),
    at: { '/voice?digits': response('<Say>You pressed</Say>') },
    person: { presses: ['1'] },
    steps: [
      'gathers keys',
      'the person presses 1',
      'gathered keys "1"',
      'asks POST APP/voice with Digits=1',
      'says "You pressed"'
    ]
  },
  {
    page: gather,
    rule: 'the action by GET',
    document: response(press('numDigits="1" method="GET"')),
    at: next,
    person: { presses: ['1'] },
    steps: [
      'gathers keys',
      'says "Press a key"',
      'the person presses 1',
      'gathered keys "1"',
      'asks GET APP/next with Digits=1',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'a key stops the prompts',
    document: response(
      press('numDigits="1"', '<Say loop="0">Press</Say><Play>/music.mp3</Play><Pause length="9"/>')
    ),
    at: next,
    person: { script: [{ hears: 'Press', presses: '5', after: '2500 ms' }] },
    steps: [
      'gathers keys',
      'says "Press"',
      'says "Press"',
      'says "Press"',
      'the person presses 5',
      'gathered keys "5"',
      'asks POST APP/next with Digits=5',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'nested verbs follow one another, and the timeout begins after the last',
    document: response(
      press('timeout="2"', '<Say>One</Say><Pause length="3"/><Play>/two.mp3</Play>')
    ),
    steps: ['gathers keys', 'says "One"', 'waits 3 s', 'plays APP/two.mp3', 'gathered nothing'],
    ends: 'completed after 11 s'
  },
  {
    page: error(13320),
    rule: 'other verbs cannot be within a Gather',
    document: response('<Gather timeout="1"><Dial>911</Dial><Say>Press</Say></Gather>'),
    steps: ['warning 13320', 'gathers keys', 'says "Press"', 'gathered nothing']
  },
  {
    page: error(13314),
    rule: 'a wrong numDigits is warned of',
    document: response('<Gather numDigits="0" timeout="1"/>'),
    steps: ['warning 13314', 'gathers keys', 'gathered nothing']
  },
  {
    page: error(13313),
    rule: 'a wrong timeout is warned of, and is 5 seconds',
    document: response('<Gather timeout="soon"/>'),
    steps: ['warning 13313', 'gathers keys', 'gathered nothing'],
    ends: 'completed after 5 s'
  },
  {
    page: error(13310),
    rule: 'a wrong finishOnKey is warned of',
    document: response('<Gather finishOnKey="ab" timeout="1"/>'),
    steps: ['warning 13310', 'gathers keys', 'gathered nothing']
  },
  {
    page: error(13326),
    rule: 'a wrong input is warned of, and is dtmf',
    document: response('<Gather input="thought" timeout="1"/>'),
    steps: ['warning 13326', 'gathers keys', 'gathered nothing']
  },
  {
    page: gather,
    rule: 'speech is brought to the action when the person falls silent',
    document: built(voice =>
      voice
        .gather({ input: ['speech'], action: '/next', speechTimeout: 'auto', hints: 'absent, ill' })
        .say('How can we help?')
    ),
    at: next,
    person: { says: ['My child is ill'] },
    steps: [
      'gathers speech',
      'says "How can we help?"',
      'the person says "My child is ill"',
      'gathered "My child is ill"',
      'asks POST APP/next with Confidence=0.92, SpeechResult=My child is ill',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'keys mean nothing to a Gather of speech',
    document: response(press('input="speech" timeout="4"')),
    person: { script: [{ hears: 'Press', presses: '5' }] },
    steps: ['gathers speech', 'says "Press a key"', 'the person presses 5', 'gathered nothing']
  },
  {
    page: gather,
    rule: 'with both, keys count before words',
    document: response(press('input="dtmf speech" numDigits="1"')),
    at: next,
    person: { presses: ['7'], says: ['seven'] },
    steps: [
      'gathers keys or speech',
      'says "Press a key"',
      'the person presses 7',
      'gathered keys "7"',
      'asks POST APP/next with Digits=7',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'with both, words are taken where no key comes',
    document: response(press('input="dtmf speech" speechTimeout="2"')),
    at: next,
    person: { says: ['seven'] },
    steps: [
      'gathers keys or speech',
      'says "Press a key"',
      'the person says "seven"',
      'gathered "seven"',
      'asks POST APP/next with Confidence=0.92, SpeechResult=seven',
      'says "Next"'
    ]
  },
  {
    page: gather,
    rule: 'without bargeIn nobody interrupts the prompts',
    document: response(
      press('input="speech" bargeIn="false" timeout="2"', '<Say>Listen to all of this now</Say>')
    ),
    person: { script: [{ hears: 'Listen', says: 'No', after: '1 s' }] },
    steps: [
      'gathers speech',
      'says "Listen to all of this now"',
      'the person says "No"',
      'gathered nothing'
    ]
  },
  {
    page: gather,
    rule: 'a Gather by hand and one by the builder are alike: loop until a key',
    document: built(voice => {
      const gathered = voice.gather({ numDigits: 1, action: '/next', timeout: 1 })
      gathered.say('Yes is one')
      gathered.pause({ length: 1 })
      voice.redirect('/next')
    }),
    at: next,
    steps: [
      'gathers keys',
      'says "Yes is one"',
      'waits 1 s',
      'gathered nothing',
      'asks POST APP/next',
      'says "Next"'
    ]
  }
]

const recording: TwimlCase[] = [
  {
    page: record,
    rule: 'a silence ends a recording, and the silence is trimmed from it',
    document: response('<Record action="/next"/><Say>Never</Say>'),
    at: next,
    person: { says: ['Hello'], script: [{ hears: 'nothing' }] },
    steps: [
      'beeps',
      'records',
      'the person says "Hello"',
      'recorded 1 s',
      'asks POST APP/next with Digits=, RecordingDuration=1, RecordingSid=RE…, RecordingUrl=…/RE…',
      'says "Next"'
    ]
  },
  {
    page: record,
    rule: 'without a beep it records at once, and no longer than maxLength',
    document: built(voice => voice.record({ action: '/next', playBeep: false, maxLength: 5 })),
    at: next,
    person: { says: ['la '.repeat(60).trim()] },
    steps: [
      'records',
      `the person says "${'la '.repeat(60).trim()}"`,
      'recorded 4 s',
      'asks POST APP/next with Digits=, RecordingDuration=4, RecordingSid=RE…, RecordingUrl=…/RE…',
      'says "Next"'
    ]
  },
  {
    page: record,
    rule: 'who hangs up has recorded too, and the action is told',
    document: response('<Record action="/next" timeout="30"/>'),
    person: { says: ['Hello'], hangs_up_after: '6 s' },
    at: next,
    steps: [
      'beeps',
      'records',
      'the person says "Hello"',
      'the person hangs up',
      'recorded 1 s',
      'asks POST APP/next with Digits=hangup, RecordingDuration=1, RecordingSid=RE…, RecordingUrl=…/RE…'
    ]
  },
  {
    page: record,
    rule: 'who says nothing at all falls through to the next verb',
    document: response('<Record action="/next" timeout="3"/><Say>Nothing</Say>'),
    steps: ['beeps', 'records', 'recorded nothing', 'says "Nothing"']
  },
  {
    page: record,
    rule: 'without an action the document itself is asked again',
    document: response('<Record timeout="2"/>'),
    person: { says: ['Hello'] },
    at: { '/voice?digits': response('<Say>Thanks</Say>') },
    steps: [
      'beeps',
      'records',
      'the person says "Hello"',
      'recorded 1 s',
      'asks POST APP/voice with Digits=, RecordingDuration=1, RecordingSid=RE…, RecordingUrl=…/RE…',
      'says "Thanks"'
    ]
  },
  {
    page: error(13612),
    rule: 'a wrong maxLength is warned of',
    document: response('<Record maxLength="0" timeout="1"/>'),
    steps: ['warning 13612', 'beeps', 'records', 'recorded nothing']
  },
  {
    page: error(13611),
    rule: 'a wrong timeout is warned of',
    document: response('<Record timeout="x"/>'),
    steps: ['warning 13611', 'beeps', 'records', 'recorded nothing'],
    ends: 'completed after 6 s'
  },
  {
    page: error(13613),
    rule: 'a wrong finishOnKey is warned of',
    document: response('<Record finishOnKey="x" timeout="1"/>'),
    steps: ['warning 13613', 'beeps', 'records', 'recorded nothing']
  },
  {
    page: error(13615),
    rule: 'a transcribed recording lasts at most two minutes',
    document: response('<Record transcribe="true" maxLength="600" timeout="1"/>'),
    steps: ['warning 13615', 'beeps', 'records', 'recorded nothing']
  },
  {
    page: error(13621),
    rule: 'a wrong recordingStatusCallbackEvent is warned of',
    document: response('<Record recordingStatusCallbackEvent="begun" timeout="1"/>'),
    steps: ['warning 13621', 'beeps', 'records', 'recorded nothing']
  }
]

const dialling: TwimlCase[] = [
  {
    page: dial,
    rule: 'Dial connects, and when the other hangs up the next verb follows',
    document: response(`<Dial>${staffNumber}</Dial><Say>Goodbye</Say>`),
    staff: { after: '2 s', hangs_up_after: '10 s' },
    steps: [
      `dials ${staffNumber}`,
      `is connected with ${staffNumber}`,
      'the Dial is over: completed',
      'says "Goodbye"'
    ]
  },
  {
    page: dial,
    rule: 'with an action later verbs are not reached',
    document: response(`<Dial action="/next">${staffNumber}</Dial><Say>Never</Say>`),
    at: next,
    staff: { after: '2 s', hangs_up_after: '10 s' },
    steps: [
      `dials ${staffNumber}`,
      `is connected with ${staffNumber}`,
      'the Dial is over: completed',
      'asks POST APP/next with DialBridged=true, DialCallStatus=completed, DialCallSid=CA…, DialCallDuration=10',
      'says "Next"'
    ]
  },
  {
    page: dial,
    rule: 'a busy line is told',
    document: response(`<Dial action="/next">${staffNumber}</Dial>`),
    at: next,
    staff: { answers: 'busy' },
    steps: [
      `dials ${staffNumber}`,
      'the Dial is over: busy',
      'asks POST APP/next with DialBridged=false, DialCallStatus=busy, DialCallSid=CA…',
      'says "Next"'
    ]
  },
  {
    page: dial,
    rule: 'it rings no longer than the timeout',
    document: built(voice => voice.dial({ timeout: 10, action: '/next' }, staffNumber)),
    at: next,
    staff: { after: '20 s' },
    steps: [
      `dials ${staffNumber}`,
      'the Dial is over: no-answer',
      'asks POST APP/next with DialBridged=false, DialCallStatus=no-answer, DialCallSid=CA…',
      'says "Next"'
    ]
  },
  {
    page: number,
    rule: 'numbers as people write them are understood',
    document: response('<Dial><Number>(662) 555-0124</Number></Dial>'),
    staff: { answers: 'busy' },
    steps: [`dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: error(13223),
    rule: 'a number that is none cannot be dialled',
    document: response('<Dial action="/next">school</Dial>'),
    at: next,
    steps: [
      'cannot dial school: 13223',
      'the Dial is over: failed',
      'asks POST APP/next with DialBridged=false, DialCallStatus=failed',
      'says "Next"'
    ]
  },
  {
    page: error(13214),
    rule: 'a caller id that is not yours is refused',
    document: response(`<Dial callerId="+12125550100">${staffNumber}</Dial>`),
    steps: [`cannot dial ${staffNumber}: 13214`, 'the Dial is over: failed']
  },
  {
    page: error(13227),
    rule: 'a region that is not enabled is refused',
    document: response('<Dial>+15005550003</Dial>'),
    steps: ['cannot dial +15005550003: 13227', 'the Dial is over: failed']
  },
  {
    page: error(13225),
    rule: 'a number that is blocked is refused',
    document: response('<Dial>+15005550004</Dial>'),
    steps: ['cannot dial +15005550004: 13225', 'the Dial is over: failed']
  },
  {
    page: 'voice/twiml/client',
    rule: 'a browser that is not there is not reached',
    document: built(voice => voice.dial({ action: '/next' }).client('ada')),
    at: next,
    steps: [
      'dials client:ada',
      'the Dial is over: no-answer',
      'asks POST APP/next with DialBridged=false, DialCallStatus=no-answer, DialCallSid=CA…',
      'says "Next"'
    ]
  },
  {
    page: 'voice/twiml/sip',
    rule: 'SIP is not known here, which is said',
    document: response('<Dial><Sip>sip:ada@example.com</Sip></Dial><Say>Hello</Say>'),
    steps: ['error 13246', 'warning 13223', 'the Dial is over: failed', 'says "Hello"']
  },
  {
    page: error(13215),
    rule: 'other elements cannot be within a Dial',
    document: response(`<Dial><Say>Hello</Say><Number>${staffNumber}</Number></Dial>`),
    staff: { answers: 'busy' },
    steps: ['warning 13215', `dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: error(13212),
    rule: 'a wrong timeout is warned of',
    document: response(`<Dial timeout="long">${staffNumber}</Dial>`),
    staff: { answers: 'busy' },
    steps: ['warning 13212', `dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: error(13216),
    rule: 'a wrong timeLimit is warned of',
    document: response(`<Dial timeLimit="0">${staffNumber}</Dial>`),
    staff: { answers: 'busy' },
    steps: ['warning 13216', `dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: error(13222),
    rule: 'wrong sendDigits are warned of',
    document: response(`<Dial><Number sendDigits="!">${staffNumber}</Number></Dial>`),
    staff: { answers: 'busy' },
    steps: ['warning 13222', `dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: dial,
    rule: 'one after another with sequential',
    document: response(
      '<Dial sequential="true">',
      `<Number>${staffNumber}</Number><Number>${staffNumber}</Number></Dial>`
    ),
    staff: { answers: 'busy' },
    steps: [`dials ${staffNumber}`, `dials ${staffNumber}`, 'the Dial is over: busy']
  },
  {
    page: dial,
    rule: 'who is recorded while being connected has the recording told to the action',
    document: response(`<Dial record="record-from-answer" action="/next">${staffNumber}</Dial>`),
    at: next,
    staff: { after: '2 s', hangs_up_after: '10 s' },
    steps: [
      `dials ${staffNumber}`,
      `is connected with ${staffNumber}`,
      'the Dial is over: completed',
      'asks POST APP/next with DialBridged=true, DialCallStatus=completed, DialCallSid=CA…, DialCallDuration=10, RecordingDuration=10, RecordingSid=RE…, RecordingUrl=…/RE…',
      'says "Next"'
    ]
  },
  {
    page: error(13201),
    rule: 'who is being dialled cannot dial',
    document: response(`<Dial><Number url="/whisper">${staffNumber}</Number></Dial>`),
    at: { '/whisper': response('<Dial>+16015550177</Dial><Say>A call</Say>') },
    staff: { after: '2 s', hangs_up_after: '20 s' },
    steps: [
      `dials ${staffNumber}`,
      `is connected with ${staffNumber}`,
      'the Dial is over: completed'
    ]
  },
  {
    page: dial,
    rule: 'the caller hangs up while it rings: the action is told that it was canceled',
    document: response(`<Dial action="/next">${staffNumber}</Dial>`),
    at: next,
    person: { hangs_up_after: '5 s' },
    staff: { answers: 'nobody' },
    steps: [
      `dials ${staffNumber}`,
      'the person hangs up',
      'asks POST APP/next with DialBridged=false, DialCallStatus=canceled, DialCallSid=CA…'
    ]
  }
]

export const twimlCases: readonly TwimlCase[] = [
  ...speaking,
  ...flow,
  ...gathering,
  ...recording,
  ...dialling
]
