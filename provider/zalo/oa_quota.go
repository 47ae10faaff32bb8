package zalo

import (
	"context"

	"github.com/loa-project/loa/provider"
)

// MessageQuota is one allotment of messages that the OA has.
type MessageQuota struct {
	AssetID provider.Text `json:"asset_id"`
	Product string        `json:"product_type"` // cs
	Kind    string        `json:"quota_type"`   // sub_quota of the OA's package, purchase_quota bought, reward_quota given
	Until   string        `json:"valid_through"`
	Total   provider.Text `json:"total"`
	Remain  provider.Text `json:"remain"`
}

// QuotaKinds are the sorts of allotments that can be asked for.
var QuotaKinds = []string{"sub_quota", "purchase_quota", "reward_quota"}

// MessageQuota asks for the allotments of one kind for consultation messages after the free 48 hours. Source: developers.zalo.me, Official Account API, "Kiểm tra hạn mức gửi tin của OA"
// (POST /v3.0/oa/quota/message).
func (o *OA) MessageQuota(ctx context.Context, token, kind string) (list []MessageQuota, err error) {
	_, err = o.post(ctx, token, "/v3.0/oa/quota/message", map[string]string{"quota_owner": "OA", "product_type": "cs", "quota_type": kind}, &list)
	return list, err
}
