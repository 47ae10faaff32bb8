import { Button, Flex, Progress, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { formatNumber } from '@/lib/format'

import { type Import, useCancelImport } from './api'

/** How far an import is; it goes on when the page is left. */
export function ProgressStep({ made }: { made: Import }) {
  const { t, i18n } = useTranslation()
  const confirm = useConfirm()
  const cancel = useCancelImport()
  const may = useCan()('marketer')
  const n = (x: number) => formatNumber(x, i18n.language)
  const percent = made.bytes_total > 0 ? Math.min(99, Math.floor((100 * made.bytes_read) / made.bytes_total)) : 0
  return (
    <Flex vertical gap={12} style={{ maxWidth: 640 }}>
      <div role="status" aria-live="polite">
        {made.state === 'queued' ? t('imports.waiting') : t('imports.read', { count: made.rows_read })}
      </div>
      <Progress percent={percent} status="active" aria-label={t('imports.importProgress')} />
      <Typography.Text type="secondary">
        {t('imports.soFar', {
          created: n(made.rows_created),
          updated: n(made.rows_updated),
          rejected: n(made.rows_rejected),
        })}
      </Typography.Text>
      <Typography.Text type="secondary">{t('imports.goesOn')}</Typography.Text>
      {may && (
        <span>
          <Button
            danger
            onClick={() => {
              confirm({
                title: t('imports.cancelTitle'),
                text: t('imports.cancelText', { count: made.rows_read }),
                ok: t('imports.cancel'),
                danger: true,
                action: () => cancel(made.id),
              })
            }}
          >
            {t('imports.cancel')}
          </Button>
        </span>
      )}
    </Flex>
  )
}
