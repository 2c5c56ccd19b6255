import { adminViews } from './admin-views.ts'
import { announcements } from './announcements.ts'
import { apiKeys } from './api-keys.ts'
import { bearers } from './bearers.ts'
import { compliance } from './compliance.ts'
import { callCallbacks } from './call-callbacks.ts'
import { calls } from './calls.ts'
import { conferenceCalls } from './conference-calls.ts'
import { conversations } from './conversations.ts'
import { deadLetters } from './dead-letters.ts'
import { limits } from './limits.ts'
import { messages } from './messages.ts'
import { messagingServices } from './messaging-services.ts'
import { optOuts } from './opt-outs.ts'
import { providerCallbacks } from './provider-callbacks.ts'
import type { PagesRecipe, Recipes, ResourceRecipes } from './recipe.ts'
import { sdkCalls } from './sdk-calls.ts'
import { videoCalls } from './video-calls.ts'
import { webhooks } from './webhooks.ts'
import { zoomCallbacks } from './zoom-callbacks.ts'

/** Every resource that the harness knows how to use. A new one is added here. */
export const resources: readonly ResourceRecipes[] = [
  bearers,
  apiKeys,
  conversations,
  messages,
  announcements,
  webhooks,
  providerCallbacks,
  messagingServices,
  limits,
  optOuts,
  deadLetters,
  adminViews,
  compliance,
  conferenceCalls,
  calls,
  sdkCalls,
  callCallbacks,
  videoCalls,
  zoomCallbacks
]

export const recipes: Recipes = new Map(
  resources.flatMap(({ operations }) => Object.entries(operations))
)

export const pagesRecipes: readonly PagesRecipe[] = resources.flatMap(({ pages = [] }) => pages)
