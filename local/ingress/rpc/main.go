// Command ingress-rpc speaks the two protocols of LiveKit Ingress for which the libraries are in Go:
// LiveKit's RPC over Redis, and RTMP, by the same packages that LiveKit Ingress uses. It decides
// nothing: the Python process that starts it asks and answers in JSON, one object a line, on standard
// input and output (messages.go), and reads an encoder's media as FLV from a Unix socket. It ends when
// its standard input does.
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

// The longest line that is read: an ingress or a state is a few kilobytes.
const longestLine = 1 << 20

func main() {
	redisAddress := flag.String("redis", "127.0.0.1:6379", "host:port of the Redis of livekit-server")
	rtmpPort := flag.Int("rtmp-port", 1935, "port of this machine alone to take RTMP on")
	mediaFolder := flag.String("media", "", "folder for the sockets on which media is handed over")
	silence := flag.Duration("silence", time.Minute, "how long an encoder may send nothing")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))

	if err := run(*redisAddress, *rtmpPort, *mediaFolder, *silence); err != nil {
		fmt.Fprintln(os.Stderr, "ingress-rpc:", err)
		os.Exit(1)
	}
}

func run(redisAddress string, rtmpPort int, mediaFolder string, silence time.Duration) error {
	if mediaFolder == "" {
		return errors.New("--media is needed")
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
		// "localhost" is either; a machine without IPv6 has the first alone.
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
	return obey(os.Stdin, out, livekit, rtmp)
}

// obey carries out what the parent asks until it has no more to ask.
func obey(in io.Reader, out *parent, livekit *liveKit, rtmp *rtmpServer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return fmt.Errorf("not a request: %w", err)
		}
		// Each by itself: LiveKit may take seconds to answer one of them.
		go func() {
			reply := reply{ID: asked.ID}
			var err error
			switch asked.Method {
			case "GetIngressInfo":
				reply.Ingress, err = livekit.ingressInfo(asked.StreamKey)
			case "UpdateIngressState":
				err = livekit.updateState(asked.IngressID, asked.State)
			case "OpenSession":
				err = livekit.openSession(asked.IngressID, asked.ResourceID)
			case "WatchParticipant":
				err = livekit.watchParticipant(asked.ResourceID, asked.ParticipantID)
			case "CloseSession":
				livekit.closeSession(asked.ResourceID)
			case "Ended":
				err = livekit.ended(asked.Request, asked.State)
			case "AcceptPublish":
				reply.Media, err = rtmp.accept(asked.Connection)
			case "RefusePublish":
				err = rtmp.refuse(asked.Connection)
			case "Disconnect":
				err = rtmp.disconnect(asked.Connection)
			default:
				err = fmt.Errorf("no method %q", asked.Method)
			}
			if err != nil {
				reply.Error = describe(err)
			}
			out.send(reply)
		}()
	}
	return lines.Err()
}
