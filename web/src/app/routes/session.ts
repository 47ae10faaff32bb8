import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { root } from './parents'
import { type Raw, text } from './search'

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/routes/SetupPage'), 'SetupPage'),
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('@/routes/LoginPage'), 'LoginPage'),
  // Only pages of ours may be asked for; "//host" would lead away.
  validateSearch: (raw: Raw): { from?: string } => {
    const from = text(raw, 'from')
    return from && /^\/[a-z]+(\/[\w-]+)*$/.test(from) ? { from } : {}
  },
})

const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('@/routes/LinkPage'), 'LinkPage'),
})

export const sessionRoutes = [setup, login, link] as const
