import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { asCondition, type Condition, isEverybody } from '@/components/condition/condition'

import { app } from './parents'
import { idParam, oneOf, type Raw, text } from './search'

/** A condition tree stands in the address as JSON; one that says nothing is left out. */
const rule = (raw: Raw): Condition | undefined => {
  const tree = asCondition(raw.rule)
  return isEverybody(tree) ? undefined : tree
}

const contacts = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  component: lazyRouteComponent(() => import('@/routes/ContactsPage'), 'ContactsPage'),
  validateSearch: (raw: Raw): { q?: string; tag?: string; rule?: Condition; page?: string } => ({
    q: text(raw, 'q'),
    tag: text(raw, 'tag'),
    rule: rule(raw),
    page: text(raw, 'page'),
  }),
})

export const profileTabs = ['profile', 'consent', 'activity'] as const

const contact = createRoute({
  getParentRoute: () => app,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('@/routes/ContactPage'), 'ContactPage'),
  params: idParam,
  validateSearch: (raw: Raw): { tab?: (typeof profileTabs)[number]; page?: string } => ({
    tab: oneOf(raw, 'tab', profileTabs),
    page: text(raw, 'page'),
  }),
})

export const contactRoutes = [contacts, contact] as const
