import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const contacts = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  component: lazyRouteComponent(() => import('@/routes/ContactsPage'), 'ContactsPage'),
})

export const contactRoutes = [contacts] as const
