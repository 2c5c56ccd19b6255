import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keywordOf } from './opt-out-keywords.ts'

const words = {
  opt_out: 'STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT OPT-OUT OPT_OUT'.split(' '),
  opt_in: 'START YES UNSTOP'.split(' '),
  help: 'HELP INFO'.split(' ')
}

describe('a keyword', () => {
  it('opts out, opts in or asks for help', () => {
    for (const keyword of words.opt_out) {
      assert.deepEqual(keywordOf(keyword), { keyword, action: 'opt_out' })
    }
    for (const keyword of words.opt_in) {
      assert.deepEqual(keywordOf(keyword), { keyword, action: 'opt_in' })
    }
    for (const keyword of words.help) {
      assert.deepEqual(keywordOf(keyword), { keyword, action: 'help' })
    }
  })

  it('may be typed in any case, and with a space between OPT and OUT', () => {
    assert.deepEqual(keywordOf('Stop'), { keyword: 'STOP', action: 'opt_out' })
    assert.deepEqual(keywordOf('opt_out'), { keyword: 'OPT_OUT', action: 'opt_out' })
    assert.deepEqual(keywordOf('Opt out'), { keyword: 'OPT OUT', action: 'opt_out' })
    assert.deepEqual(keywordOf('uNsToP'), { keyword: 'UNSTOP', action: 'opt_in' })
  })

  it('may have white space of any script around it', () => {
    assert.equal(keywordOf(' \t\r\n\u00a0\u2003\u3000\ufeffSTOP\u2028\u202f ')?.keyword, 'STOP')
  })

  it('is the whole message: any other word or mark makes it a message to a person', () => {
    const messages = [
      'STOP PLEASE',
      'please stop',
      'Stop!',
      'STOP.',
      'End.',
      '"STOP"',
      'STOP STOP',
      'ST OP',
      'STOPP',
      'OPT  OUT',
      'yes, thank you',
      'constructor',
      '__proto__',
      ' ',
      ''
    ]

    for (const body of messages) assert.equal(keywordOf(body), undefined, body)
  })
})
