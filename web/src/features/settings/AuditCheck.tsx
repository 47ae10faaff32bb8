import { SafetyCertificateOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'

import { useCheckAudit } from './api'

/** Walks the chain of the log: the button and what was found. */
export function useAuditCheck() {
  const { t } = useTranslation()
  const check = useCheckAudit()
  const button = (
    <Button
      icon={<SafetyCertificateOutlined />}
      loading={check.isPending}
      onClick={() => {
        check.mutate()
      }}
    >
      {t('settings.audit.check')}
    </Button>
  )
  const data = check.data
  const result = (
    <div role="status" style={{ marginBottom: data || check.isError ? 12 : 0 }}>
      {check.isError && <Failure error={check.error} />}
      {data && (
        <Alert
          type={data.ok ? 'success' : 'error'}
          showIcon
          title={
            data.ok
              ? t('settings.audit.whole', { count: data.rows })
              : data.broken_at
                ? t('settings.audit.broken', { id: data.broken_at })
                : t('settings.audit.cut')
          }
          description={data.ok ? t('settings.audit.wholeHint') : t('settings.audit.brokenHint')}
        />
      )}
    </div>
  )
  return { button, result }
}
