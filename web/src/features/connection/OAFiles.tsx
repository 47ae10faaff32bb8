import { useQuery } from '@tanstack/react-query'
import { Button, Card, Flex, Table, Typography, Upload } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Copy } from '@/components/ui/Copy'
import { Failure } from '@/components/ui/Faces'
import { formatNumber, formatTime } from '@/lib/format'

import type { Connection } from './api'
import { type OAFile, oaFilesQuery, useOAFiles } from './upkeep'

/** Pictures and files for messages of an OA, each with the code that a template writes. */
export function OAFiles({ connection, zone }: { connection: Connection; zone: string }) {
  const { t, i18n } = useTranslation()
  const can = useCan()
  const confirm = useConfirm()
  const files = useQuery(oaFilesQuery(connection.id))
  const { add, remove } = useOAFiles(connection.id)
  return (
    <Card title={<h2 className="card-title">{t('oa.files')}</h2>}>
      <Flex vertical gap={12}>
        <p style={{ margin: 0 }}>{t('oa.filesText')}</p>
        {can('marketer') && (
          <Flex gap={12} align="center" wrap>
            <Upload
              accept=".jpg,.jpeg,.png,.pdf,.doc,.docx"
              showUploadList={false}
              beforeUpload={(file) => {
                add.mutate(file)
                return false
              }}
            >
              <Button loading={add.isPending}>{t('oa.add')}</Button>
            </Upload>
            <small>{t('oa.addHint')}</small>
          </Flex>
        )}
        {add.isError && <Failure error={add.error} />}
        {files.isError && <Failure error={files.error} retry={() => void files.refetch()} />}
        {files.data?.length === 0 && <p style={{ margin: 0 }}>{t('oa.none')}</p>}
        {files.data && files.data.length > 0 && (
          <Table<OAFile>
            size="small"
            rowKey="id"
            dataSource={files.data}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: <Typography.Text type="secondary">{t('oa.none')}</Typography.Text> }}
            columns={[
              { title: t('oa.name'), dataIndex: 'name' },
              {
                title: t('oa.ref'),
                dataIndex: 'ref',
                render: (ref: string, file) => (
                  <Flex gap={8} align="center">
                    <code>{ref}</code>
                    <Copy text={ref} label={file.name} />
                  </Flex>
                ),
              },
              {
                title: t('oa.size'),
                dataIndex: 'size',
                align: 'right',
                render: (size: number) => `${formatNumber(Math.ceil(size / 1024), i18n.language)} KB`,
              },
              {
                title: t('oa.kept'),
                dataIndex: 'until',
                render: (until: string | undefined, file) =>
                  file.at_zalo ? formatTime(until, zone) : <span>{t('oa.later')}</span>,
              },
              ...(can('marketer')
                ? [
                    {
                      title: '',
                      key: 'remove',
                      render: (_: unknown, file: OAFile) => (
                        <Button
                          size="small"
                          danger
                          aria-label={`${t('oa.remove')}: ${file.name}`}
                          onClick={() => {
                            confirm({
                              title: `${t('oa.remove')}: ${file.name}`,
                              text: t('oa.removeText'),
                              ok: t('oa.remove'),
                              danger: true,
                              action: () => remove.mutateAsync(file.id),
                            })
                          }}
                        >
                          {t('oa.remove')}
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Flex>
    </Card>
  )
}
