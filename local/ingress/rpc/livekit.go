package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// liveKit exchanges calls with livekit-server: it looks up ingresses, reports their states, and receives
// the server's calls for live ones.
type liveKit struct {
	bus    psrpc.MessageBus
	io     rpc.IOInfoClient
	parent *parent

	lock     sync.Mutex
	sessions map[string]*session // by resource id
	endings  map[int]chan *livekit.IngressState
	lastEnd  int // the number of the last "End" event
}

func newLiveKit(store redis.UniversalClient, parent *parent) (*liveKit, error) {
	bus := psrpc.NewRedisMessageBus(store)
	io, err := rpc.NewIOInfoClient(bus)
	if err != nil {
		return nil, err
	}
	return &liveKit{
		bus:      bus,
		io:       io,
		parent:   parent,
		sessions: map[string]*session{},
		endings:  map[int]chan *livekit.IngressState{},
	}, nil
}

func (l *liveKit) ingressInfo(streamKey string) (json.RawMessage, error) {
	response, err := l.io.GetIngressInfo(
		context.Background(), &rpc.GetIngressInfoRequest{StreamKey: streamKey},
	)
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(response.Info)
}

func (l *liveKit) updateState(ingressID string, state json.RawMessage) error {
	parsed, err := parseState(state)
	if err != nil {
		return err
	}
	_, err = l.io.UpdateIngressState(
		context.Background(), &rpc.UpdateIngressStateRequest{IngressId: ingressID, State: parsed},
	)
	return err
}

// openSession subscribes to the server's calls for one session. While a newer session of an ingress
// replaces an older one, both get the calls, as with LiveKit Ingress.
func (l *liveKit) openSession(ingressID, resourceID string) error {
	opened := &session{livekit: l, ingressID: ingressID, resourceID: resourceID}
	server, err := rpc.NewIngressHandlerServer(opened, l.bus)
	if err != nil {
		return err
	}
	opened.server = server
	if err := server.RegisterUpdateIngressTopic(ingressID); err != nil {
		return err
	}
	if err := server.RegisterDeleteIngressTopic(ingressID); err != nil {
		return err
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.sessions[resourceID] = opened
	return nil
}

func (l *liveKit) watchParticipant(resourceID, participantID string) error {
	l.lock.Lock()
	watched, ok := l.sessions[resourceID]
	l.lock.Unlock()
	if !ok {
		return fmt.Errorf("no session %s", resourceID)
	}
	return watched.server.RegisterWHIPRTCConnectionNotifyTopic(participantID)
}

func (l *liveKit) closeSession(resourceID string) {
	l.lock.Lock()
	closed, ok := l.sessions[resourceID]
	delete(l.sessions, resourceID)
	l.lock.Unlock()
	if ok {
		// Waits for the reply to an end in progress.
		closed.server.Shutdown()
	}
}

// end requests the end of a session from the parent. It waits for the final state, or until the server's
// call is canceled.
func (l *liveKit) end(ctx context.Context, resourceID, because string) (*livekit.IngressState, error) {
	done := make(chan *livekit.IngressState, 1)
	l.lock.Lock()
	l.lastEnd++
	number := l.lastEnd
	l.endings[number] = done
	l.lock.Unlock()
	defer func() {
		l.lock.Lock()
		delete(l.endings, number)
		l.lock.Unlock()
	}()

	l.parent.send(event{Event: "End", ResourceID: resourceID, Request: number, Because: because})
	select {
	case state := <-done:
		return state, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *liveKit) confirmEnd(number int, state json.RawMessage) error {
	parsed, err := parseState(state)
	if err != nil {
		return err
	}
	l.lock.Lock()
	done, ok := l.endings[number]
	l.lock.Unlock()
	if ok {
		done <- parsed
	}
	return nil
}

func parseState(state json.RawMessage) (*livekit.IngressState, error) {
	parsed := &livekit.IngressState{}
	if err := protojson.Unmarshal(state, parsed); err != nil {
		return nil, fmt.Errorf("invalid ingress state: %w", err)
	}
	return parsed, nil
}

// session handles the server's calls for one live ingress.
type session struct {
	livekit    *liveKit
	ingressID  string
	resourceID string
	server     rpc.IngressHandlerServer
}

// UpdateIngress is called for every update of a live ingress. LiveKit Ingress ends the session each time.
func (s *session) UpdateIngress(
	ctx context.Context, _ *livekit.UpdateIngressRequest,
) (*livekit.IngressState, error) {
	return s.livekit.end(ctx, s.resourceID, "Updated")
}

func (s *session) DeleteIngress(
	ctx context.Context, _ *livekit.DeleteIngressRequest,
) (*livekit.IngressState, error) {
	return s.livekit.end(ctx, s.resourceID, "Deleted")
}

// WHIPRTCConnectionNotify is called every few seconds, and at the end, with what the server receives.
func (s *session) WHIPRTCConnectionNotify(
	_ context.Context, report *rpc.WHIPRTCConnectionNotifyRequest,
) (*emptypb.Empty, error) {
	s.livekit.parent.send(event{
		Event:      "Media",
		ResourceID: s.resourceID,
		Video:      jsonOf(report.Video),
		Audio:      jsonOf(report.Audio),
		Closed:     report.Closed,
	})
	return &emptypb.Empty{}, nil
}

// The parent gets WHIP's own requests over HTTP, never over the message bus.
func (s *session) DeleteWHIPResource(
	context.Context, *rpc.DeleteWHIPResourceRequest,
) (*emptypb.Empty, error) {
	return nil, psrpc.NewErrorf(psrpc.Unimplemented, "use HTTP")
}

func (s *session) ICERestartWHIPResource(
	context.Context, *rpc.ICERestartWHIPResourceRequest,
) (*rpc.ICERestartWHIPResourceResponse, error) {
	return nil, psrpc.NewErrorf(psrpc.Unimplemented, "use HTTP")
}

func jsonOf(message proto.Message) json.RawMessage {
	if !message.ProtoReflect().IsValid() {
		return nil
	}
	encoded, err := protojson.Marshal(message)
	if err != nil {
		return nil
	}
	return encoded
}
