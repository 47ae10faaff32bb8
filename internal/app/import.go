package app

import (
	"context"
	"fmt"
	"os"

	"github.com/loa-project/loa/contact"
)

// ImportFile imports a customer file from disk at once and returns how it ended. It is what `loa import` does, without the web and without a worker.
func (a *App) ImportFile(ctx context.Context, workspace int64, path string, o contact.ImportOptions) (*contact.Import, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open customer file: %w", err)
	}
	defer f.Close()
	imp, err := a.Contacts.Upload(ctx, workspace, sampleActor, path, f)
	if err != nil {
		return nil, err
	}
	if _, err := a.Contacts.StartImportHere(ctx, workspace, imp.ID, sampleActor, o); err != nil {
		return nil, err
	}
	if err := a.Contacts.RunImport(ctx, workspace, imp.ID); err != nil {
		return nil, err
	}
	if imp, err = a.Contacts.Import(ctx, workspace, imp.ID); err != nil {
		return nil, err
	}
	if imp.State == contact.ImportFailed {
		return imp, fmt.Errorf("import %d ended with %s", imp.ID, imp.Error)
	}
	return imp, nil
}
