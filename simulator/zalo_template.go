package simulator

import (
	"html/template"
	"net/http"
	"strings"
)

// defaultZaloTemplates are templates of every kind (custom, authentication, payment request, voucher, rating), of every status, and with every type of parameter.
func defaultZaloTemplates() []ZaloTemplate {
	name := ZaloParam{Name: "customer_name", Require: true, Kind: "1", MaxLength: 30, Sample: "Nguyễn Văn An"}
	order := ZaloParam{Name: "order_code", Require: true, Kind: "4", MaxLength: 30, Sample: "DH0001"}
	amount := ZaloParam{Name: "amount", Require: true, Kind: "14", MaxLength: 12, Sample: "1250000"}
	shop := ZaloButton{Type: 1, Title: "Ghé cửa hàng", Content: "https://shop.example.com/"}
	call := ZaloButton{Type: 2, Title: "Gọi cửa hàng", Content: "02838000000"}
	return []ZaloTemplate{
		{ID: "100001", Name: "Xác nhận đơn hàng", Status: "ENABLE", Tag: "TRANSACTION", Quality: "HIGH", PriceSDT: 300, PriceUID: 210, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name, order, amount}, Buttons: []ZaloButton{{1, "Xem đơn hàng", "https://shop.example.com/don/<order_code>"}, call},
			Preview: "Cảm ơn <customer_name> đã mua hàng. Mã đơn <order_code>, tổng tiền <amount> đ."},
		{ID: "100002", Name: "Ưu đãi thành viên", Status: "ENABLE", Tag: "PROMOTION", Quality: "HIGH", PriceSDT: 300, PriceUID: 210, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name, {Name: "tier", Require: true, Kind: "5", MaxLength: 30, Sample: "Vàng"},
				{Name: "voucher", Require: true, Kind: "4", MaxLength: 30, Sample: "TRIAN50"}},
			Buttons: []ZaloButton{shop}, Preview: "Chào <customer_name>, hạng <tier>: mã ưu đãi của anh chị là <voucher>."},
		{ID: "100003", Name: "Chăm sóc sau mua", Status: "ENABLE", Tag: "CUSTOMER_CARE", Quality: "HIGH", PriceSDT: 200, PriceUID: 140, TimeoutMS: 7_200_000, Rating: true,
			Params: []ZaloParam{name}, Preview: "<customer_name> thấy sản phẩm thế nào? Xin đánh giá giúp cửa hàng."},
		{ID: "100004", Name: "Mã xác thực", Status: "ENABLE", Tag: "OTP", Quality: "HIGH", PriceSDT: 300, PriceUID: 210, TimeoutMS: 15_000,
			Params: []ZaloParam{{Name: "otp", Require: true, Kind: "12", MaxLength: 10, Sample: "482913"}}, Preview: "Mã xác thực của bạn là <otp>."},
		{ID: "100005", Name: "Chờ duyệt", Status: "PENDING_REVIEW", Tag: "TRANSACTION", Quality: "UNDEFINED", PriceSDT: 200, PriceUID: 140, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name}, Preview: "Chào <customer_name>."},
		{ID: "100006", Name: "Bị khóa vì chất lượng thấp", Status: "DISABLE", Tag: "PROMOTION", Quality: "LOW", PriceSDT: 200, PriceUID: 140, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name}, Preview: "Chào <customer_name>."},
		{ID: "100007", Name: "Nhắc thanh toán", Status: "ENABLE", Tag: "TRANSACTION", Quality: "MEDIUM", PriceSDT: 300, PriceUID: 210, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name, order, amount, {Name: "due_date", Require: true, Kind: "11", MaxLength: 20, Sample: "25/12/2026"},
				{Name: "transfer_note", Require: true, Kind: "15", MaxLength: 90, Sample: "DH0001 Nguyen Van An"}},
			Buttons: []ZaloButton{{11, "Thanh toán ngay", "https://shop.example.com/tt/<order_code>"}},
			Preview: "Chào <customer_name>, đơn <order_code> còn <amount> đ, hạn <due_date>. Nội dung chuyển khoản: <transfer_note>."},
		{ID: "100008", Name: "Tặng voucher sinh nhật", Status: "ENABLE", Tag: "PROMOTION", Quality: "HIGH", PriceSDT: 300, PriceUID: 210, TimeoutMS: 7_200_000,
			Params: []ZaloParam{{Name: "title", Kind: "8", MaxLength: 5, AcceptNull: true, Sample: "Chị"}, name, {Name: "product", Require: true, Kind: "9", MaxLength: 200, Sample: "Cà phê sữa đá"},
				{Name: "voucher_code", Require: true, Kind: "4", MaxLength: 25, MinLength: 4, Sample: "SN2026"}, {Name: "end_date", Require: true, Kind: "11", MaxLength: 20, Sample: "31/12/2026"}},
			Buttons: []ZaloButton{{10, "Chép mã", "<voucher_code>"}, shop},
			Preview: "Mừng sinh nhật <title> <customer_name>! Tặng một phần <product>, mã <voucher_code>, dùng đến <end_date>."},
		{ID: "100009", Name: "Giao hàng", Status: "ENABLE", Tag: "TRANSACTION", Quality: "HIGH", PriceSDT: 200, PriceUID: 140, TimeoutMS: 7_200_000,
			Params: []ZaloParam{name, {Name: "phone", Require: true, Kind: "2", MaxLength: 15, Sample: "0901234567"}, {Name: "address", Require: true, Kind: "3", MaxLength: 200, Sample: "12 Lê Lợi, Quận 1"},
				{Name: "status", Require: true, Kind: "6", MaxLength: 30, Sample: "Đang giao"}, {Name: "quantity", Require: true, Kind: "10", MaxLength: 20, Sample: "1.000"},
				{Name: "shipper", Kind: "7", MaxLength: 50, AcceptNull: true, Sample: "Anh Bình 0909000111"}, {Name: "tracking_url", Require: true, Kind: "13", MaxLength: 200, Sample: "https://shop.example.com/gh/1"}},
			Preview: "Đơn của <customer_name> (<phone>): <quantity> món, <status>, giao tới <address>. Người giao: <shipper>. Theo dõi: <tracking_url>"},
		{ID: "100010", Name: "Bị từ chối duyệt", Status: "REJECT", Tag: "PROMOTION", Quality: "UNDEFINED", PriceSDT: 300, PriceUID: 210, TimeoutMS: 7_200_000, Params: []ZaloParam{name},
			Preview: "Chào <customer_name>."},
	}
}

var zaloPreviewPage = template.Must(template.New("preview").Parse(`<!doctype html><html lang="vi"><meta charset="utf-8"><title>{{.Name}}</title><body><h1>{{.Name}}</h1><p>{{.Preview}}</p>{{range .Buttons}}<p>[{{.Title}}] {{.Content}}</p>{{end}}</body></html>`))

// zaloPreview is the page behind previewUrl.
func (s *Server) zaloPreview(w http.ResponseWriter, r *http.Request) {
	s.zalo.mu.RLock()
	t := s.zalo.templates[strings.TrimPrefix(r.URL.Path, "/zalo/preview/")]
	s.zalo.mu.RUnlock()
	if t == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	_ = zaloPreviewPage.Execute(w, t) // the reader is gone: nothing to do about it
}
