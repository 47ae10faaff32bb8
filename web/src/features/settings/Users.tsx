import { App, Button, Dropdown, Flex, Grid, Select, Table, Tag, Typography } from 'antd'
import { MoreOutlined } from '@ant-design/icons'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type Role, roles, useCan, useZone } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { useErrorText } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import { type Member, useChangeUser, useRemoveUser, useUserLink } from './api'
import { OneTime } from './OneTime'

/** Who belongs to the workspace, with their roles; an owner changes them here. */
export function Users({ items, self }: { items: Member[]; self: number }) {
  const { t } = useTranslation()
  const zone = useZone()
  const may = useCan()('owner')
  const narrow = !Grid.useBreakpoint().xl
  const [link, setLink] = useState<string>()

  const person = (m: Member) => (
    <div>
      <Typography.Text strong>{m.name}</Typography.Text> {m.id === self && <Tag>{t('settings.users.you')}</Tag>}
      {m.status === 'disabled' && <Tag color="error">{t('settings.users.disabled')}</Tag>}
      {m.email && (
        <Typography.Text type="secondary" style={{ display: 'block', overflowWrap: 'anywhere' }}>
          {m.email}
        </Typography.Text>
      )}
    </div>
  )
  const role = (m: Member) => (may ? <RoleSelect member={m} self={m.id === self} /> : t(`settings.role.${m.role}`))
  const acts = (m: Member) => may && m.id !== self && <Acts member={m} onLink={setLink} />
  return (
    <>
      <Table<Member>
        rowKey="id"
        dataSource={items}
        pagination={false}
        size="middle"
        columns={
          narrow
            ? [
                {
                  key: 'name',
                  title: t('settings.users.person'),
                  render: (_, m) => (
                    <Flex vertical gap={6}>
                      <Flex justify="space-between" gap={8}>
                        {person(m)}
                        {acts(m)}
                      </Flex>
                      {role(m)}
                    </Flex>
                  ),
                },
              ]
            : [
                { key: 'name', title: t('settings.users.person'), render: (_, m) => person(m) },
                { key: 'role', title: t('settings.users.role'), width: 220, render: (_, m) => role(m) },
                {
                  key: 'signIn',
                  title: t('settings.users.signIn'),
                  width: 150,
                  render: (_, m) => (m.has_password ? t('settings.users.byPassword') : t('settings.users.byLink')),
                },
                {
                  key: 'since',
                  title: t('settings.users.since'),
                  width: 150,
                  render: (_, m) => formatTime(m.created_at, zone),
                },
                {
                  key: 'acts',
                  title: <span className="visually-hidden">{t('settings.acts')}</span>,
                  width: 64,
                  align: 'end',
                  render: (_, m) => acts(m),
                },
              ]
        }
      />
      <OneTime
        title={t('settings.users.linkTitle')}
        hint={t('settings.users.linkHint')}
        label={t('settings.users.link')}
        secret={link}
        onClose={() => {
          setLink(undefined)
        }}
      />
    </>
  )
}

function RoleSelect({ member, self }: { member: Member; self: boolean }) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const change = useChangeUser()
  return (
    <Select<Role>
      aria-label={t('settings.users.roleOf', { name: member.name })}
      style={{ width: '100%', maxWidth: 200 }}
      value={member.role as Role}
      disabled={change.isPending}
      options={roles.map((r) => ({ value: r, label: t(`settings.role.${r}`) }))}
      onChange={(role) => {
        confirm({
          title: t('settings.users.changeTitle', { name: member.name, role: t(`settings.role.${role}`) }),
          text: self ? t('settings.users.changeSelf') : t('settings.users.changeText'),
          ok: t('settings.users.change'),
          danger: self,
          action: () => change.mutateAsync({ id: member.id, role }),
        })
      }}
    />
  )
}

function Acts({ member, onLink }: { member: Member; onLink: (link: string) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const confirm = useConfirm()
  const text = useErrorText()
  const change = useChangeUser()
  const remove = useRemoveUser()
  const invite = useUserLink()
  const { name, id } = member
  const disabled = member.status === 'disabled'
  const act = (key: string) => {
    switch (key) {
      case 'link':
        invite.mutate(id, {
          onSuccess: (made) => {
            onLink(made.link)
          },
          onError: (error) => void message.error(text(error)),
        })
        return
      case 'status':
        confirm({
          title: t(disabled ? 'settings.users.enableTitle' : 'settings.users.disableTitle', { name }),
          text: t(disabled ? 'settings.users.enableText' : 'settings.users.disableText'),
          ok: t(disabled ? 'settings.users.enable' : 'settings.users.disable'),
          danger: !disabled,
          action: () => change.mutateAsync({ id, status: disabled ? 'active' : 'disabled' }),
        })
        return
      default:
        confirm({
          title: t('settings.users.removeTitle', { name }),
          text: t('settings.users.removeText'),
          ok: t('settings.users.remove'),
          danger: true,
          action: () => remove.mutateAsync(id),
        })
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      autoFocus
      menu={{
        items: [
          { key: 'link', label: t('settings.users.newLink'), disabled },
          { key: 'status', label: disabled ? t('settings.users.enable') : t('settings.users.disable') },
          { type: 'divider' },
          { key: 'remove', label: t('settings.users.remove'), danger: true },
        ],
        onClick: ({ key }) => {
          act(key)
        },
      }}
    >
      <Button type="text" icon={<MoreOutlined />} aria-label={t('settings.actsOf', { name })} aria-haspopup="menu" />
    </Dropdown>
  )
}
