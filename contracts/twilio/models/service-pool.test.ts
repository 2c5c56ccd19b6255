import { test } from 'node:test'

import {
  addAlphaSender,
  addToPool,
  askWithAStandardKey,
  buy,
  createService,
  listMessages,
  release,
  removeAlphaSender,
  removeFromPool,
  removeService,
  sendFromNumber,
  sendFromService,
  sendToAStranger,
  suspend,
  waitLong
} from './commands.ts'
import { compareMessages, comparePools } from './rest-view.ts'
import { runModel } from './run-model.ts'

test('a thousand histories of services and numbers leave every pool, and every sender, as they are to be', t =>
  runModel(t, {
    profile: 'instant',
    runs: 1000,
    commands: [
      sendFromService(),
      sendFromService(),
      sendToAStranger(),
      sendToAStranger(),
      sendToAStranger(),
      listMessages(),
      listMessages(),
      sendFromNumber(),
      createService(),
      removeService(),
      addToPool(),
      addToPool(),
      removeFromPool(),
      release(),
      buy(),
      addAlphaSender(),
      addAlphaSender(),
      removeAlphaSender(),
      askWithAStandardKey(),
      suspend(),
      waitLong(),
      waitLong()
    ],
    compare: async (model, rest) => {
      await compareMessages(model, rest)
      await comparePools(model, rest)
    }
  }))
