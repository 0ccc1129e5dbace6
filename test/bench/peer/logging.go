package main

import (
	"io"
	"log/slog"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

// logTo sends everything, client-go included, as JSON lines to one place.
func logTo(output io.Writer, level string) error {
	var threshold slog.Level
	if err := threshold.UnmarshalText([]byte(level)); err != nil {
		return err
	}
	logger := logr.FromSlogHandler(slog.NewJSONHandler(output, &slog.HandlerOptions{Level: threshold}))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	return nil
}
