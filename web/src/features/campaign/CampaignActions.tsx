import { CheckCircleOutlined, PauseCircleOutlined, PlayCircleOutlined, StopOutlined } from '@ant-design/icons'
import { App, Button, Flex, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { formatTime } from '@/lib/format'

import { type Act, acts, type Campaign, progressOf, useAct } from './api'
import { ForecastSummary } from './ForecastSummary'

const icons: Record<Act, ReactNode> = {
  activate: <CheckCircleOutlined />,
  pause: <PauseCircleOutlined />,
  resume: <PlayCircleOutlined />,
  cancel: <StopOutlined />,
}

/** The buttons for what may be done now; each asks first and says what will happen to how many messages. */
export function CampaignActions({ campaign, zone }: { campaign: Campaign; zone: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [asked, setAsked] = useState<Act>()
  const act = useAct(campaign.id)
  const close = () => {
    setAsked(undefined)
    act.reset()
  }
  const name = campaign.name || t('campaigns.unnamed')
  return (
    <Flex gap={8} wrap>
      {acts[campaign.state].map((a) => (
        <Button
          key={a}
          icon={icons[a]}
          type={a === 'activate' || a === 'resume' ? 'primary' : 'default'}
          danger={a === 'cancel'}
          onClick={() => {
            setAsked(a)
          }}
        >
          {t(`action.${a}`)}
        </Button>
      ))}
      <Modal
        open={asked !== undefined}
        title={asked && t(`action.${asked}Title`, { name })}
        okText={asked && t(`action.${asked}`)}
        okButtonProps={{ danger: asked === 'cancel' }}
        cancelText={t('common.cancel')}
        confirmLoading={act.isPending}
        destroyOnHidden
        onCancel={close}
        onOk={() => {
          if (!asked) return
          act.mutate(asked, {
            onSuccess: () => {
              close()
              void message.success(t('action.done'))
            },
          })
        }}
      >
        {asked && <Consequences act={asked} campaign={campaign} zone={zone} />}
        {act.isError && <Failure error={act.error} />}
      </Modal>
    </Flex>
  )
}

function Consequences({ act, campaign, zone }: { act: Act; campaign: Campaign; zone: string }) {
  const { t } = useTranslation()
  if (act === 'activate') {
    const time = formatTime(campaign.schedule_at, zone)
    return (
      <>
        <p>{time ? t('action.activateLater', { time }) : t('action.activateNow')}</p>
        <ForecastSummary id={campaign.id} zone={zone} />
      </>
    )
  }
  const waiting = campaign.counts ? progressOf(campaign.counts).waiting : 0
  return (
    <p>
      {t(`action.${act}Text`)} {campaign.counts && t('action.waiting', { count: waiting })}
    </p>
  )
}
