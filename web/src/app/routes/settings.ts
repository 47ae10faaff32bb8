import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/routes/SettingsPage'), 'SettingsPage'),
})

export const settingsRoutes = [settings] as const
