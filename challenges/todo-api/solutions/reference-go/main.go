// Command todo serves a to-do list over HTTP, with nothing but Go's standard library.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	journal      = "todos.jsonl"
	defaultPort  = "8000"
	requestTime  = 10 * time.Second
	shutdownTime = 2 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("cannot go on", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	store, err := OpenStore(journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	port := os.Getenv("PORT")
	if port == "" {
		port = defaultPort
	}
	server := &http.Server{
		Addr:         net.JoinHostPort("", port),
		Handler:      NewAPI(store),
		ReadTimeout:  requestTime,
		WriteTimeout: requestTime,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("listening", "port", port)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	return server.Shutdown(ctx)
}
