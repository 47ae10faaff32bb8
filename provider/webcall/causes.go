package webcall

import (
	"fmt"
	"strings"

	"github.com/loa-project/loa/provider"
)

// CodeInside is the refusal of an address that is not on the public Internet.
const CodeInside = "local.inside"

// Explain gives the cause of a code of a call.
func Explain(code string) provider.Cause {
	if code == CodeInside {
		return provider.Cause{Class: provider.Content, VI: "Địa chỉ này nằm trong mạng nội bộ nên không được gọi", EN: "The address is inside a private network and is not called",
			AdviceVI: "Dùng địa chỉ công khai, hoặc nhờ người quản trị máy chủ cho phép mạng này (LOA_INNER_NETWORKS).", AdviceEN: "Use a public address, or ask the operator to allow the network (LOA_INNER_NETWORKS)."}
	}
	if status, ok := strings.CutPrefix(code, "http."); ok {
		return provider.Cause{Class: provider.Content, VI: fmt.Sprintf("Địa chỉ được gọi trả mã HTTP %s, không phải thành công", status), EN: fmt.Sprintf("The address answered HTTP %s, which is no success", status),
			AdviceVI: "Xem nội dung trả lời. Nếu mã 2xx khác 200 cũng là thành công, hãy bật “mọi mã 2xx” trong bước này.", AdviceEN: "Read the answer. If other 2xx codes are fine, switch on “any 2xx” in the step."}
	}
	return provider.Explain(code)
}
