import { useQuery } from '@tanstack/react-query'
import { Button, Card, Flex, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { Copy } from '@/components/ui/Copy'
import { Failure, Loading } from '@/components/ui/Faces'

import type { Connection } from './api'
import { setUpQuery, useMakeDkim } from './upkeep'

/** The DNS records that let receivers trust our mails, ready to be copied. */
export function DnsRecords({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const setUp = useQuery(setUpQuery(connection.id))
  const records = setUp.data?.dns ?? []
  return (
    <Card title={<h2 className="card-title">{t('connections.dns.title')}</h2>}>
      <p style={{ marginTop: 0 }}>{t('connections.dns.hint')}</p>
      {setUp.isPending && <Loading />}
      {setUp.isError && <Failure error={setUp.error} retry={() => void setUp.refetch()} />}
      {records.map((record) => (
        <section key={record.purpose} style={{ marginBottom: 16 }} aria-label={record.purpose.toUpperCase()}>
          <strong>{record.purpose.toUpperCase()}</strong> {t(`connections.dns.why.${record.purpose}`)}
          <Flex gap={8} align="center" wrap>
            <code className="raw">
              {record.type} {record.name}
            </code>
            <Copy text={record.name} label={`${record.purpose} ${t('connections.dns.name')}`} />
          </Flex>
          <Flex gap={8} align="start">
            <code className="raw">{record.value}</code>
            <Copy text={record.value} label={`${record.purpose} ${t('connections.dns.value')}`} />
          </Flex>
        </section>
      ))}
      {setUp.data && !records.some((r) => r.purpose === 'dkim') && <MakeKey connection={connection} />}
    </Card>
  )
}

function MakeKey({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const make = useMakeDkim(connection.id)
  const [form] = Form.useForm<{ domain: string; selector: string }>()
  return (
    <Form
      form={form}
      layout="inline"
      initialValues={{ domain: connection.smtp?.from.split('@')[1] ?? '', selector: 'loa1' }}
      style={{ rowGap: 8 }}
      onFinish={(values) => {
        make.mutate(values)
      }}
    >
      <Form.Item name="domain" label={t('connections.f.dkim_domain')} rules={[{ required: true }]}>
        <Input style={{ width: 200 }} />
      </Form.Item>
      <Form.Item name="selector" label={t('connections.f.dkim_selector')} rules={[{ required: true }]}>
        <Input style={{ width: 120 }} />
      </Form.Item>
      <Button htmlType="submit" loading={make.isPending}>
        {t('connections.dns.make')}
      </Button>
      {make.isError && (
        <div style={{ width: '100%' }}>
          <Failure error={make.error} />
        </div>
      )}
    </Form>
  )
}
