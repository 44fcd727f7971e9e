// Command probe is what tests of the embedded cluster run in Pods: a server that says who it is, and a client.
// Images have neither shell nor tools, so it also looks names up and keeps files.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const timeout = 5 * time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	command := strings.Join(arguments[:min(1, len(arguments))], "")
	operands := arguments[min(1, len(arguments)):]
	switch {
	case command == "serve" && len(operands) == 1:
		return serve(operands[0])
	case command == "get" && len(operands) == 1:
		return get(operands[0])
	case command == "lookup" && len(operands) == 1:
		return lookup(operands[0])
	case command == "read" && len(operands) == 1:
		return read(operands[0])
	case command == "write" && len(operands) == 2:
		return os.WriteFile(operands[0], []byte(operands[1]), 0o600)
	default:
		return fmt.Errorf("serve ADDRESS, get URL, lookup NAME, read FILE or write FILE TEXT; got %q", arguments)
	}
}

// serve answers /healthz, and / with what the kernel says about this process, until SIGINT or SIGTERM.
func serve(address string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(response http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(response, "ok")
	})
	mux.HandleFunc("/{$}", func(response http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(response).Encode(identity())
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: timeout}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// identity is the Pod's name, what proc(5) says of user and privileges, and whether the root file system can be
// written to.
func identity() map[string]string {
	host, _ := os.Hostname()
	found := map[string]string{"host": host}
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "Uid", "Gid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp":
			found[name] = strings.Join(strings.Fields(value), " ")
		}
	}
	found["RootWritable"] = fmt.Sprint(os.WriteFile("/written", nil, 0o600) == nil)
	return found
}

func get(url string) error {
	client := &http.Client{Timeout: timeout}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func lookup(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(addresses, " "))
	return nil
}

func read(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(content)
	return err
}
