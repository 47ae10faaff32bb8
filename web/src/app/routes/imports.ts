import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const imports = createRoute({
  getParentRoute: () => app,
  path: '/contacts/imports',
  component: lazyRouteComponent(() => import('@/routes/ImportsPage'), 'ImportsPage'),
})

export const importRoutes = [imports] as const
