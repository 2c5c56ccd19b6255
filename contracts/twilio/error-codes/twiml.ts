import { answersWith, debugged, firstNumber, person, type ErrorCause } from './cause.ts'

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
  debugged(14106, 'documents that redirect to one another for ever', async built => {
    await answersWith(built, '<Response><Redirect>/again</Redirect></Response>')
  }),
  twiml(14108, 'a Message from a number of somebody else', message('from="+16015550777"')),
  twiml(
    14109,
    'an eleventh reply to one message',
    `<Response>${'<Message>Hello</Message>'.repeat(11)}</Response>`
  ),
  twiml(14110, 'a verb of calls', '<Response><Say>Hello</Say></Response>'),
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

function message(attributes: string): string {
  return `<Response><Message ${attributes}>Hello</Message></Response>`
}
