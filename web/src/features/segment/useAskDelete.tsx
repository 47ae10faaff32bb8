import { App } from 'antd'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'

import { type Segment, useDeleteSegment } from './api'
import { SegmentUses } from './SegmentUses'

/** Asks before a segment is deleted and says what uses it; what holds it must let go first. */
export function useAskDelete(done?: () => void) {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const remove = useDeleteSegment()
  const { modal } = App.useApp()
  return (segment: Segment) => {
    const uses = segment.uses ?? []
    if (uses.some((u) => u.holds)) {
      modal.info({
        title: t('segments.heldTitle', { name: segment.name }),
        content: (
          <>
            <p>{t('segments.heldText')}</p>
            <SegmentUses uses={uses.filter((u) => u.holds)} />
          </>
        ),
        okText: t('common.close'),
      })
      return
    }
    confirm({
      title: t('segments.deleteTitle', { name: segment.name }),
      text: segment.use_count > 0 ? t('segments.deleteUsed', { count: segment.use_count }) : t('segments.deleteText'),
      ok: t('segments.delete'),
      danger: true,
      action: async () => {
        await remove(segment.id)
        done?.()
      },
    })
  }
}
