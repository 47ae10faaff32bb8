import { Alert, Flex, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { Copy } from '@/components/ui/Copy'

/** Shows a secret this once: a link or a key that nobody can look up again. */
export function OneTime(props: { title: string; hint: string; label: string; secret?: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { title, hint, label, secret, onClose } = props
  return (
    <Modal
      open={Boolean(secret)}
      title={title}
      okText={t('settings.oneTime.done')}
      onOk={onClose}
      onCancel={onClose}
      mask={{ closable: false }}
      cancelButtonProps={{ style: { display: 'none' } }}
      destroyOnHidden
    >
      <Flex vertical gap={12}>
        <Alert type="warning" showIcon title={hint} />
        <Flex gap={8}>
          <Input
            readOnly
            autoFocus
            aria-label={label}
            value={secret}
            onFocus={(e) => {
              e.target.select()
            }}
          />
          <Copy text={secret ?? ''} label={label} />
        </Flex>
      </Flex>
    </Modal>
  )
}
