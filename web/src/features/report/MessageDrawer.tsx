import { useQuery } from '@tanstack/react-query'
import { Drawer, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { messageQuery } from '@/components/trial/api'
import { Failure, Loading } from '@/components/ui/Faces'

import { LegTimeline } from './LegTimeline'

/** "Vì sao?" of one message that no campaign sent: a test, or a call of the API. Open while a message is given. */
export function MessageDrawer({ message, zone, onClose }: { message?: number; zone: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={message !== undefined}
      title={t('why.title')}
      size={560}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={onClose}
      destroyOnHidden
    >
      {message !== undefined && <Story message={message} zone={zone} />}
    </Drawer>
  )
}

function Story({ message, zone }: { message: number; zone: string }) {
  const answer = useQuery(messageQuery(message))
  if (answer.isPending) return <Loading />
  if (answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  return (
    <Flex vertical gap={16}>
      <ol style={{ margin: 0, paddingInlineStart: 20 }}>
        {(answer.data.sentences ?? []).map((s, i) => (
          <li key={`${s.code} ${i}`}>{s.text}</li>
        ))}
      </ol>
      <LegTimeline leg={answer.data.leg} zone={zone} />
    </Flex>
  )
}
