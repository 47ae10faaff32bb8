import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { type Channel, channels, type Noun, nouns, type Reason, reasons } from '@/features/settings/words'

import { app } from './parents'
import { oneOf, type Raw, text } from './search'

const page = (raw: Raw): { page?: string } => ({ page: text(raw, 'page') })

/** A day as fields for dates write it: 2026-11-21. */
const day = (raw: Raw, key: string) => {
  const value = text(raw, key)
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined
}

const workspace = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/routes/SettingsPage'), 'SettingsPage'),
})

const users = createRoute({
  getParentRoute: () => app,
  path: '/settings/users',
  component: lazyRouteComponent(() => import('@/routes/SettingsUsersPage'), 'SettingsUsersPage'),
})

const keys = createRoute({
  getParentRoute: () => app,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('@/routes/SettingsKeysPage'), 'SettingsKeysPage'),
  validateSearch: page,
})

const sending = createRoute({
  getParentRoute: () => app,
  path: '/settings/sending',
  component: lazyRouteComponent(() => import('@/routes/SettingsSendingPage'), 'SettingsSendingPage'),
})

const suppressions = createRoute({
  getParentRoute: () => app,
  path: '/settings/suppressions',
  component: lazyRouteComponent(() => import('@/routes/SettingsSuppressionsPage'), 'SettingsSuppressionsPage'),
  validateSearch: (
    raw: Raw,
  ): { q?: string; reason?: Reason; on?: Channel; state?: 'active' | 'lifted'; page?: string } => ({
    q: text(raw, 'q'),
    reason: oneOf(raw, 'reason', reasons),
    on: oneOf(raw, 'on', channels),
    state: oneOf(raw, 'state', ['active', 'lifted'] as const),
    ...page(raw),
  }),
})

const audit = createRoute({
  getParentRoute: () => app,
  path: '/settings/audit',
  component: lazyRouteComponent(() => import('@/routes/SettingsAuditPage'), 'SettingsAuditPage'),
  validateSearch: (raw: Raw): { who?: string; what?: Noun; from?: string; to?: string; page?: string } => ({
    who: text(raw, 'who'),
    what: oneOf(raw, 'what', nouns),
    from: day(raw, 'from'),
    to: day(raw, 'to'),
    ...page(raw),
  }),
})

const account = createRoute({
  getParentRoute: () => app,
  path: '/settings/account',
  component: lazyRouteComponent(() => import('@/routes/AccountPage'), 'AccountPage'),
})

export const settingsRoutes = [workspace, users, keys, sending, suppressions, audit, account] as const
