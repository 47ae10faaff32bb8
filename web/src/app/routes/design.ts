import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const design = createRoute({
  getParentRoute: () => app,
  path: '/design',
  component: lazyRouteComponent(() => import('@/routes/DesignPage'), 'DesignPage'),
})

export const designRoutes = [design] as const
