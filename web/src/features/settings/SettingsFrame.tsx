import {
  BgColorsOutlined,
  ClockCircleOutlined,
  HistoryOutlined,
  KeyOutlined,
  ShopOutlined,
  StopOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Flex } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { type Role, useCan } from '@/api/session'
import { Page } from '@/components/ui/Page'

import './settings.css'

interface Section {
  key: 'workspace' | 'users' | 'keys' | 'sending' | 'suppressions' | 'audit' | 'account' | 'design'
  to:
    | '/settings'
    | '/settings/users'
    | '/settings/keys'
    | '/settings/sending'
    | '/settings/suppressions'
    | '/settings/audit'
    | '/settings/account'
    | '/design'
  icon: ReactNode
  role: Role
}

/** The parts of the settings in the order of the menu, with the least role that sees them. */
const sections: Section[] = [
  { key: 'workspace', to: '/settings', icon: <ShopOutlined />, role: 'viewer' },
  { key: 'users', to: '/settings/users', icon: <TeamOutlined />, role: 'viewer' },
  { key: 'keys', to: '/settings/keys', icon: <KeyOutlined />, role: 'owner' },
  { key: 'sending', to: '/settings/sending', icon: <ClockCircleOutlined />, role: 'viewer' },
  { key: 'suppressions', to: '/settings/suppressions', icon: <StopOutlined />, role: 'viewer' },
  { key: 'audit', to: '/settings/audit', icon: <HistoryOutlined />, role: 'owner' },
  { key: 'account', to: '/settings/account', icon: <UserOutlined />, role: 'viewer' },
  { key: 'design', to: '/design', icon: <BgColorsOutlined />, role: 'viewer' },
]

interface FrameProps {
  section: Section['key']
  extra?: ReactNode
  zone?: boolean
  children: ReactNode
}

/** The frame of a settings page: the parts at the left, on a narrow screen in a row that scrolls. */
export function SettingsFrame({ section, extra, zone, children }: FrameProps) {
  const { t } = useTranslation()
  const can = useCan()
  const here = useRef<HTMLAnchorElement>(null)
  // On a narrow screen the parts stand in a row that scrolls.
  useEffect(() => {
    const link = here.current
    const row = link?.closest('nav')
    if (link && row) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2
  }, [section])
  return (
    <div className="settings">
      <nav aria-label={t('settings.menu')} className="settings-menu">
        <Flex component="ul" className="settings-list">
          {sections
            .filter((s) => can(s.role))
            .map((s) => (
              <li key={s.key}>
                <Link
                  ref={s.key === section ? here : undefined}
                  to={s.to}
                  className={s.key === section ? 'settings-link here' : 'settings-link'}
                  aria-current={s.key === section ? 'page' : undefined}
                >
                  <span aria-hidden>{s.icon}</span>
                  {t(`settings.section.${s.key}`)}
                </Link>
              </li>
            ))}
        </Flex>
      </nav>
      <div className="settings-body">
        <Page title={t(`settings.section.${section}`)} extra={extra} zone={zone}>
          {children}
        </Page>
      </div>
    </div>
  )
}
