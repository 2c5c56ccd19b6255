import { announcements } from './announcements.ts'
import { apiKeys } from './api-keys.ts'
import { bearers } from './bearers.ts'
import { conversations } from './conversations.ts'
import { messages } from './messages.ts'
import { providerCallbacks } from './provider-callbacks.ts'
import type { PagesRecipe, Recipes, ResourceRecipes } from './recipe.ts'
import { webhooks } from './webhooks.ts'

/** Every resource that the harness knows how to use. A new one is added here. */
const resources: readonly ResourceRecipes[] = [
  bearers,
  apiKeys,
  conversations,
  messages,
  announcements,
  webhooks,
  providerCallbacks
]

export const recipes: Recipes = new Map(
  resources.flatMap(({ operations }) => Object.entries(operations))
)

export const pagesRecipes: readonly PagesRecipe[] = resources.flatMap(({ pages = [] }) => pages)
