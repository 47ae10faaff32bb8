import {
  CheckCircleOutlined,
  CopyOutlined,
  DeleteOutlined,
  EditOutlined,
  FlagOutlined,
  FormOutlined,
  MoreOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  StopOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, Flex } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'

import { type Act, actsOf, type Campaign, deletable, editable } from './api'
import { useCampaignActs } from './useCampaignActs'

const icons: Record<Act, ReactNode> = {
  activate: <CheckCircleOutlined />,
  pause: <PauseCircleOutlined />,
  resume: <PlayCircleOutlined />,
  end: <FlagOutlined />,
  cancel: <StopOutlined />,
}

interface ActionsProps {
  campaign: Campaign
  zone: string
  /** All in one menu, for a row of a list. */
  row?: boolean
  onEdit: (campaign: Campaign) => void
  onDeleted?: () => void
}

/** What may be done with a campaign now: buttons for what moves it, a menu for the rest. */
export function CampaignActions({ campaign: c, zone, row, onEdit, onDeleted }: ActionsProps) {
  const { t } = useTranslation()
  const can = useCan()
  const { ask, clone, rename, remove } = useCampaignActs(c, zone)
  if (!can('marketer')) return null
  const name = c.name || t('campaigns.unnamed')
  const moves = actsOf(c)
  const edit = () => {
    onEdit(c)
  }
  const items = [
    ...(row
      ? moves.map((a) => ({
          key: a,
          icon: icons[a],
          danger: a === 'cancel',
          label: t(`action.${a}`),
          onClick: () => {
            ask(a)
          },
        }))
      : []),
    ...(row && editable(c.state)
      ? [{ key: 'edit', icon: <EditOutlined />, label: t('common.edit'), onClick: edit }]
      : []),
    { key: 'rename', icon: <FormOutlined />, label: t('action.rename'), onClick: rename },
    {
      key: 'clone',
      icon: <CopyOutlined />,
      label: t('common.clone'),
      onClick: () => {
        clone(onEdit)
      },
    },
    ...(deletable(c.state)
      ? [
          {
            key: 'delete',
            icon: <DeleteOutlined />,
            danger: true,
            label: t('common.delete'),
            onClick: () => {
              remove(onDeleted)
            },
          },
        ]
      : []),
  ]
  return (
    <Flex gap={8} wrap>
      {!row &&
        moves.map((a) => (
          <Button
            key={a}
            icon={icons[a]}
            type={a === 'activate' || a === 'resume' ? 'primary' : 'default'}
            danger={a === 'cancel'}
            onClick={() => {
              ask(a)
            }}
          >
            {t(`action.${a}`)}
          </Button>
        ))}
      {!row && editable(c.state) && (
        <Button icon={<EditOutlined />} onClick={edit} type={c.state === 'draft' ? 'primary' : 'default'}>
          {t('common.edit')}
        </Button>
      )}
      <Dropdown trigger={['click']} menu={{ items }}>
        <Button
          icon={<MoreOutlined />}
          size={row ? 'small' : 'middle'}
          aria-label={`${t('common.more')}: ${name}`}
          title={t('common.more')}
        />
      </Dropdown>
    </Flex>
  )
}
