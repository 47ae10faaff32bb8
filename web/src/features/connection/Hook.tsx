import { Button, Card, Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { Copy } from '@/components/ui/Copy'
import { formatTime } from '@/lib/format'

import { type Connection, useConnectionActs } from './api'
import { MailHookGuide } from './MailWebhook'
import type { ProviderSpec } from './providers'

/** The address to which the provider reports. Only owners see it. */
export function Hook({ connection, spec, zone }: { connection: Connection; spec: ProviderSpec; zone: string }) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const { rotate } = useConnectionActs(connection.id)
  const last = formatTime(connection.last_event_at, zone)
  // Where the answer to a call is the result, nobody has to be told an address.
  if (spec.hook === 'hookNone') return null
  return (
    <Card title={<h2 className="card-title">{t('connections.hook')}</h2>}>
      <MailHookGuide connection={connection} />
      <p>{t(`connections.${spec.hook}`)}</p>
      {connection.hook_url && (
        <Flex gap={8} align="center" wrap>
          <code className="raw" style={{ margin: 0 }}>
            {connection.hook_url}
          </code>
          <Copy text={connection.hook_url} label={t('connections.hook')} />
          <Button
            size="small"
            onClick={() => {
              confirm({
                title: t('connections.rotate'),
                text: t('connections.rotateText'),
                ok: t('connections.rotate'),
                danger: true,
                action: () => rotate.mutateAsync(undefined),
              })
            }}
          >
            {t('connections.rotate')}
          </Button>
        </Flex>
      )}
      <Typography.Paragraph type="secondary" style={{ margin: '12px 0 0' }}>
        {last ? `${t('connections.lastEvent')}: ${last}` : t('connections.noEvent')}
      </Typography.Paragraph>
    </Card>
  )
}
