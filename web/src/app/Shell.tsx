import {
  ApiOutlined,
  DashboardOutlined,
  FileTextOutlined,
  FilterOutlined,
  GiftOutlined,
  LogoutOutlined,
  MenuOutlined,
  NotificationOutlined,
  SettingOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Flex, Grid, Layout, Menu, Result, Select, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading } from '@/components/ui/Faces'
import { Preferences } from '@/components/ui/Preferences'
import { Redirect } from '@/components/ui/Redirect'
import { PasswordOffer } from '@/features/session/PasswordOffer'
import { type Session, sessionQuery } from '@/api/session'
import { chooseWorkspace } from '@/api/workspace'
import { useSignOut } from '@/features/session/api'

/** The parts of the app in the order of the menu. */
const addresses = {
  overview: '/',
  contacts: '/contacts',
  segments: '/segments',
  templates: '/templates',
  campaigns: '/campaigns',
  vouchers: '/vouchers',
  connections: '/connections',
  settings: '/settings',
} as const
type Section = keyof typeof addresses
const sections = Object.keys(addresses) as Section[]

/** The frame of all pages behind sign-in: menu at the left, on a narrow screen behind a button. */
export function Shell() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery)
  const narrow = !Grid.useBreakpoint().md
  const [open, setOpen] = useState(false)
  const path = useRouterState({ select: (s) => s.location.pathname })

  if (session.isPending) return <Loading />
  if (session.isError)
    return (
      <div className="page">
        <Failure error={session.error} retry={() => void session.refetch()} />
      </div>
    )
  if (!session.data) return <Redirect to="/login" from={path === '/' ? undefined : path} />

  const { workspace, user } = session.data
  const menu = (
    <MainMenu
      path={path}
      onDone={() => {
        setOpen(false)
      }}
    />
  )
  return (
    <Layout style={{ minHeight: '100%' }}>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      {!narrow && (
        <Layout.Sider theme="light" width={220} className="side">
          <Brand session={session.data} />
          {menu}
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header className="top">
          <Flex align="center" justify="space-between" gap={8} style={{ height: '100%' }}>
            {narrow ? (
              <Button
                type="text"
                icon={<MenuOutlined />}
                aria-label={t('app.openMenu')}
                onClick={() => {
                  setOpen(true)
                }}
              />
            ) : (
              <Typography.Text type="secondary">{user.name}</Typography.Text>
            )}
            <Preferences />
          </Flex>
        </Layout.Header>
        <Layout.Content id="content" role="main" tabIndex={-1}>
          {session.data.set_password && <PasswordOffer />}
          {workspace ? <Outlet /> : <Result title={t('session.noWorkspace')} subTitle={t('session.noWorkspaceHint')} />}
        </Layout.Content>
      </Layout>
      <Drawer
        open={narrow && open}
        placement="left"
        size={260}
        title={<Brand session={session.data} />}
        onClose={() => {
          setOpen(false)
        }}
        styles={{ body: { padding: 0 } }}
      >
        {menu}
      </Drawer>
    </Layout>
  )
}

function Brand({ session }: { session: Session }) {
  const { t } = useTranslation()
  const here = session.workspace
  const others = session.workspaces ?? []
  return (
    <Flex align="center" gap={10} style={{ padding: '12px 16px' }}>
      <img src="/favicon.svg" width={28} height={28} alt="" />
      <div style={{ minWidth: 0, flex: 1 }}>
        <strong>Loa</strong>
        {others.length > 1 ? (
          <Select
            size="small"
            variant="borderless"
            aria-label={t('app.switchWorkspace')}
            className="workspace"
            value={here?.id}
            options={others.map((w) => ({ value: w.id, label: w.name }))}
            onChange={(id) => {
              chooseWorkspace(id)
              // Everything on the screen belongs to the other workspace.
              window.location.assign('/')
            }}
          />
        ) : (
          <Typography.Text type="secondary" ellipsis style={{ display: 'block', fontSize: 12 }}>
            {here?.name}
          </Typography.Text>
        )}
      </div>
    </Flex>
  )
}

const icons: Record<Section, ReactNode> = {
  overview: <DashboardOutlined />,
  contacts: <TeamOutlined />,
  segments: <FilterOutlined />,
  templates: <FileTextOutlined />,
  campaigns: <NotificationOutlined />,
  vouchers: <GiftOutlined />,
  connections: <ApiOutlined />,
  settings: <SettingOutlined />,
}

function MainMenu({ path, onDone }: { path: string; onDone: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const here = sections.find((s) => s !== 'overview' && (path === `/${s}` || path.startsWith(`/${s}/`)))
  return (
    <nav aria-label={t('app.menu')}>
      <Menu
        mode="inline"
        selectedKeys={[here ?? (path === '/' ? 'overview' : '')]}
        style={{ borderInlineEnd: 0 }}
        items={[
          ...sections.map((s) => ({ key: s, icon: icons[s], label: t(`app.${s}`) })),
          { type: 'divider' },
          { key: 'signOut', icon: <LogoutOutlined />, label: t('app.signOut'), disabled: signOut.isPending },
        ]}
        onClick={({ key }) => {
          onDone()
          if (key === 'signOut') signOut.mutate()
          else void navigate({ to: addresses[key as Section] })
        }}
      />
    </nav>
  )
}
