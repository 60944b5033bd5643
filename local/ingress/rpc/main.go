// Command ingress-rpc speaks the two protocols of LiveKit Ingress whose libraries are in Go: LiveKit's
// RPC over Redis, and RTMP. It uses the same packages as LiveKit Ingress and makes no decisions. The
// Python process that starts it exchanges JSON with it, one object per line, over standard input and
// output (messages.go), and reads an encoder's media as FLV from a Unix socket. The command ends when
// its standard input is closed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// The maximum size of a request. An ingress or a state has a few kB.
const maxLineBytes = 1 << 20

func main() {
	redisAddress := flag.String("redis", "127.0.0.1:6379", "host:port of the Redis of livekit-server")
	rtmpPort := flag.Int("rtmp-port", 1935, "RTMP port, open to this machine only")
	mediaFolder := flag.String("media", "", "folder for the sockets that media is read from")
	silence := flag.Duration("silence", time.Minute, "after how long without data an encoder is disconnected")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))

	if err := run(*redisAddress, *rtmpPort, *mediaFolder, *silence); err != nil {
		fmt.Fprintln(os.Stderr, "ingress-rpc:", err)
		os.Exit(1)
	}
}

func run(redisAddress string, rtmpPort int, mediaFolder string, silence time.Duration) error {
	if mediaFolder == "" {
		return errors.New("--media is required")
	}
	store := redis.NewClient(&redis.Options{Addr: redisAddress})
	defer store.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := store.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("no Redis at %s: %w", redisAddress, err)
	}

	out := newParent(os.Stdout)
	livekit, err := newLiveKit(store, out)
	if err != nil {
		return err
	}
	rtmp := newRTMP(mediaFolder, silence, out)
	for _, host := range []string{"127.0.0.1", "::1"} {
		// "localhost" may be either. A machine without IPv6 has only the first.
		listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(rtmpPort)))
		if err != nil && host == "127.0.0.1" {
			return err
		}
		if err == nil {
			defer listener.Close()
			go rtmp.serve(listener)
		}
	}

	out.send(event{Event: "Listening"})
	return handle(os.Stdin, out, livekit, rtmp)
}

// handle executes the parent's requests until its input is closed.
func handle(in io.Reader, out *parent, livekit *liveKit, rtmp *rtmpServer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		var call request
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			return fmt.Errorf("invalid request: %w", err)
		}
		// Concurrently, because LiveKit may take seconds to respond to one of them.
		go func() {
			reply := reply{ID: call.ID}
			var err error
			switch call.Method {
			case "GetIngressInfo":
				reply.Ingress, err = livekit.ingressInfo(call.StreamKey)
			case "UpdateIngressState":
				err = livekit.updateState(call.IngressID, call.State)
			case "OpenSession":
				err = livekit.openSession(call.IngressID, call.ResourceID)
			case "WatchParticipant":
				err = livekit.watchParticipant(call.ResourceID, call.ParticipantID)
			case "CloseSession":
				livekit.closeSession(call.ResourceID)
			case "Ended":
				err = livekit.confirmEnd(call.Request, call.State)
			case "AcceptPublish":
				reply.Media, err = rtmp.accept(call.Connection)
			case "RefusePublish":
				err = rtmp.refuse(call.Connection)
			case "Disconnect":
				err = rtmp.disconnect(call.Connection)
			default:
				err = fmt.Errorf("unknown method %q", call.Method)
			}
			if err != nil {
				reply.Error = describe(err)
			}
			out.send(reply)
		}()
	}
	return lines.Err()
}
