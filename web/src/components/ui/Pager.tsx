import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { nextTrail, previousTrail, type Trail } from '@/lib/pages'

/** Steps through a list by key; hidden while everything fits on one page. */
export function Pager(props: { trail?: Trail; next?: string; onChange: (trail: Trail | undefined) => void }) {
  const { t } = useTranslation()
  const { trail, next, onChange } = props
  if (!trail && !next) return null
  return (
    <Flex justify="end" gap={8} style={{ marginTop: 12 }}>
      <Button
        icon={<LeftOutlined />}
        disabled={!trail}
        onClick={() => {
          onChange(previousTrail(trail))
        }}
      >
        {t('common.previous')}
      </Button>
      <Button
        icon={<RightOutlined />}
        iconPlacement="end"
        disabled={!next}
        onClick={() => {
          if (next) onChange(nextTrail(trail, next))
        }}
      >
        {t('common.next')}
      </Button>
    </Flex>
  )
}
