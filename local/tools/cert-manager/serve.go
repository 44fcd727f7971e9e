package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
)

const (
	readHeaderTimeout = 5 * time.Second
	shutdownTimeout   = 5 * time.Second
)

// serve answers /livez at once, /readyz with 200 as soon as every informer has seen the cluster once (controllers do
// nothing before that), and /metrics with cert-manager's own series, until ctx ends.
func serve(ctx context.Context, address string, shared *controller.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening for probes: %w", err)
	}
	synced := make(chan struct{})
	go awaitCaches(ctx, shared, synced)
	mux := http.NewServeMux()
	mux.Handle("/metrics", shared.Metrics.NewServer(listener).Handler)
	mux.HandleFunc("/livez", func(response http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(response, "ok")
	})
	mux.HandleFunc("/readyz", func(response http.ResponseWriter, _ *http.Request) {
		select {
		case <-synced:
			_, _ = fmt.Fprintln(response, "ok")
		default:
			http.Error(response, "caches are not filled yet", http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout}
	stopped := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		_ = server.Shutdown(grace)
	})
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answering probes: %w", err)
	}
	return nil
}

// awaitCaches closes synced when all informers hold the cluster's objects; when ctx ends first, never.
func awaitCaches(ctx context.Context, shared *controller.Context, synced chan<- struct{}) {
	for _, done := range shared.SharedInformerFactory.WaitForCacheSync(ctx.Done()) {
		if !done {
			return
		}
	}
	for _, done := range shared.KubeSharedInformerFactory.WaitForCacheSync(ctx.Done()) {
		if !done {
			return
		}
	}
	close(synced)
}
