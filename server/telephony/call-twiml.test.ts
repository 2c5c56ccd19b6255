import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XMLValidator } from 'fast-xml-parser'
import { callTwiml, type CallStep } from './call-twiml.ts'

const bodyOf = (steps: CallStep[]): string =>
  /<Response>(.*)<\/Response>$/.exec(callTwiml(steps))?.[1] ?? ''

test('a seat in a conference says who starts and ends it, and where it is told of', () => {
  assert.equal(
    bodyOf([
      {
        dialConference: {
          name: 'one',
          label: 'leg',
          action: 'https://a.example/over?a=1&b=2',
          startsIt: true,
          endsIt: true,
          statusCallback: 'https://a.example/conference',
          recordingCallback: undefined
        }
      }
    ]),
    '<Dial action="https://a.example/over?a=1&amp;b=2" method="POST">' +
      '<Conference startConferenceOnEnter="true" endConferenceOnExit="true" participantLabel="leg"' +
      ' statusCallback="https://a.example/conference" statusCallbackEvent="start end join leave"' +
      ' statusCallbackMethod="POST">one</Conference></Dial>'
  )
})

test('a browser is rung by its identity and told what the call is about', () => {
  assert.equal(
    bodyOf([
      {
        dialClient: {
          identity: 'b1_u_teacher',
          timeoutSeconds: 30,
          action: 'https://a.example/next',
          statusCallback: 'https://a.example/status',
          parameters: { client_conversation_id: '"4b" & more' }
        }
      }
    ]),
    '<Dial timeout="30" action="https://a.example/next" method="POST" answerOnBridge="true">' +
      '<Client statusCallback="https://a.example/status" statusCallbackEvent="initiated ringing answered completed"' +
      ' statusCallbackMethod="POST"><Identity>b1_u_teacher</Identity>' +
      '<Parameter name="client_conversation_id" value="&quot;4b&quot; &amp; more"/></Client></Dial>'
  )
})

test('a call that is recorded says where its recording is told of', () => {
  const number = {
    number: '+16015550142',
    callerId: '+16015550100',
    timeoutSeconds: 30,
    action: 'https://a.example/next',
    statusCallback: 'https://a.example/status'
  }

  assert.match(
    bodyOf([{ dialNumber: { ...number, recordingCallback: 'https://a.example/recording' } }]),
    /record="record-from-answer" recordingStatusCallback="https:\/\/a\.example\/recording"/
  )
  assert.doesNotMatch(bodyOf([{ dialNumber: number }]), /record/)
})

test('no words and no names break the document', () => {
  const odd = '<"\'&>\u0000\u{1f600}\ud83c]]>'
  const url = `https://a.example/?${odd}`
  const steps: CallStep[] = [
    { say: odd, voice: odd, language: odd },
    { play: url },
    { gather: { say: [{ say: odd }], action: url, timeoutSeconds: 5 } },
    {
      record: {
        action: url,
        longestSeconds: 60,
        silenceSeconds: 5,
        statusCallback: url,
        transcribeCallback: url
      }
    },
    { hangUp: true }
  ]

  assert.equal(XMLValidator.validate(callTwiml(steps)), true)
})
