package main

import (
	"os"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/report"
	"github.com/loa-project/loa/workspace"
)

func main() {
	a, err := httpx.New(httpx.Options{})
	if err != nil {
		panic(err)
	}
	campaign.Register(a, &campaign.Service{})
	report.Register(a, &report.Service{})
	workspace.Register(a, &workspace.Service{})
	b, err := a.OpenAPI()
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(b)
}
