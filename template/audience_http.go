package template

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// audienceQuestion is the body of a check of an audience.
type audienceQuestion struct {
	Channel   channel.Channel `json:"channel"`
	Content   json.RawMessage `json:"content"`
	SegmentID int64           `json:"segment_id"` // 0 = everybody
	Params    map[string]any  `json:"params"`     // values of params.*
}

// checkAudience answers with lines of JSON (application/x-ndjson), each an AudienceReport of the people so far; the last has "done": true. An answer that ends without it is no result. It
// stops when the request ends.
func (h *Routes) checkAudience(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	who, err := h.Caller(ctx)
	if err != nil {
		return err
	}
	var in audienceQuestion
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return errs.Invalid("template.too_large").With("bytes", fmt.Sprint(r.ContentLength)).With("max", fmt.Sprint(long.Limit))
		}
		return errs.Invalid("template.content_invalid").Because(err)
	}
	c, err := CompileContent(in.Channel, in.Content)
	if err != nil {
		return placed(err)
	}
	audience := Audience(Everybody)
	if in.SegmentID > 0 {
		if audience, err = h.Audience(ctx, who.WorkspaceID, in.SegmentID); err != nil {
			return err
		}
	}
	base := checkData(who.WorkspaceName, who.Zone, h.Service.deps.Now())
	base.Params = in.Params
	began := false
	write := func(report AudienceReport) error {
		if !began {
			began = true
			w.Header().Set("Content-Type", "application/x-ndjson")
			w.Header().Set("Cache-Control", "no-store")
		}
		if err := json.NewEncoder(w).Encode(report); err != nil {
			return err
		}
		return http.NewResponseController(w).Flush()
	}
	report, err := h.Service.CheckAudience(ctx, who.WorkspaceID, c, audience, base, write)
	if err == nil {
		err = write(report)
	}
	if began { // too late for a problem: the missing last line says it
		return nil
	}
	return err
}

type versionsOutput struct {
	Body struct {
		Items []VersionInfo `json:"items"`
	}
}

func (h *Routes) versions(ctx context.Context, in *idInput) (*versionsOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	out := &versionsOutput{}
	out.Body.Items, err = h.Service.Versions(ctx, who.WorkspaceID, in.ID)
	return out, err
}

type usesOutput struct {
	Body struct {
		Items []Use `json:"items" doc:"Newest first, at most 100"`
		Count int   `json:"count"`
	}
}

func (h *Routes) uses(ctx context.Context, in *idInput) (*usesOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := h.Service.Get(ctx, who.WorkspaceID, in.ID); err != nil {
		return nil, err
	}
	out := &usesOutput{}
	out.Body.Items, out.Body.Count, err = h.Service.Uses(ctx, who.WorkspaceID, in.ID)
	return out, err
}
