import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const templates = createRoute({
  getParentRoute: () => app,
  path: '/templates',
  component: lazyRouteComponent(() => import('@/routes/TemplatesPage'), 'TemplatesPage'),
})

export const templateRoutes = [templates] as const
