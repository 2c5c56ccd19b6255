import { phone } from '../../../mock-twilio/testing/phone.ts'
import { answersWith, debugged, firstNumber, person, type ErrorCause } from './cause.ts'

const withoutMms = '+16015550199'

export const twimlErrors: ErrorCause[] = [
  twiml(12100, 'an answer that is no XML', '<Response><Message>Hello</Response>'),
  twiml(12100, 'a document whose root is not Response', '<Answer/>'),
  twiml(12200, 'a verb that does not exist', '<Response><Shout>Hello</Shout></Response>'),
  debugged(12300, 'an answer of a type that is not understood', built =>
    answersWith(built, '{}', 'application/json')
  ),
  twiml(14101, 'a Message to what is no number', message('to="school"')),
  twiml(14103, 'a Message without text and media', '<Response><Message/></Response>'),
  twiml(14104, 'a method that is neither GET nor POST', message('method="PUT"')),
  twiml(14105, 'a status callback that is no URL', message('statusCallback="ftp://example.com/"')),
  debugged(14106, 'documents that redirect to one another for ever', async built => {
    await answersWith(built, '<Response><Redirect>/again</Redirect></Response>')
  }),
  debugged(14107, 'a sixteenth reply to one person within half a minute', async built => {
    for (let text = 0; text < 16; text++) await answersWith(built, message(''))
  }),
  twiml(14108, 'a Message from a number of somebody else', message('from="+16015550777"')),
  twiml(
    14109,
    'an eleventh reply to one message',
    `<Response>${'<Message>Hello</Message>'.repeat(11)}</Response>`
  ),
  twiml(14110, 'a verb of calls', '<Response><Say>Hello</Say></Response>'),
  twiml(21266, 'a reply to the number that it comes from', message(`to="${firstNumber}"`)),
  twiml(21617, 'a reply of 1601 characters', message('', 'a'.repeat(1601))),
  twiml(
    21620,
    'a reply with media that lie at no web address',
    withMedia('ftp://example.com/a.png')
  ),
  debugged(21621, 'a picture as the reply of a number without MMS', async built => {
    const { smsUrl } = [...built.mock.world().numbers.values()][0] ?? { smsUrl: '' }
    built.mock.world().addNumber({ phone_number: withoutMms, mms: false, sms_url: smsUrl })
    built.receiver.answers(() => ({
      body: withMedia('https://example.com/a.png'),
      contentType: 'text/xml'
    }))
    await phone(built.mock, person).texts(withoutMms, 'Is school open?')
  }),
  twiml(21623, 'a reply with eleven pictures', withMedia('https://example.com/a.png', 11)),
  debugged(21610, 'a reply to a person who said STOP', async built => {
    await built.control('POST', `/_mock/handsets/${person}/messages`, {
      to: firstNumber,
      body: 'STOP'
    })
    await answersWith(built, message(''))
  })
]

function twiml(code: number, cause: string, document: string): ErrorCause {
  return debugged(code, cause, built => answersWith(built, document))
}

function message(attributes: string, text = 'Hello'): string {
  return `<Response><Message ${attributes}>${text}</Message></Response>`
}

function withMedia(url: string, times = 1): string {
  return message('', `<Body>Hello</Body>${`<Media>${url}</Media>`.repeat(times)}`)
}
