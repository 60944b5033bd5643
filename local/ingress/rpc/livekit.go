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

// liveKit is the server's side of an ingress: what is known of it, its state, and the wishes of the
// server for it while it is live.
type liveKit struct {
	bus    psrpc.MessageBus
	io     rpc.IOInfoClient
	parent *parent

	lock     sync.Mutex
	sessions map[string]*session // by resource id
	endings  map[int]chan *livekit.IngressState
	asked    int // the number of the last ending asked for
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
	answer, err := l.io.GetIngressInfo(
		context.Background(), &rpc.GetIngressInfoRequest{StreamKey: streamKey},
	)
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(answer.Info)
}

func (l *liveKit) updateState(ingressID string, state json.RawMessage) error {
	read, err := readState(state)
	if err != nil {
		return err
	}
	_, err = l.io.UpdateIngressState(
		context.Background(), &rpc.UpdateIngressStateRequest{IngressId: ingressID, State: read},
	)
	return err
}

// openSession takes the server's wishes for one session. Two sessions of one ingress, the older about to
// be replaced, both get them, as with LiveKit Ingress.
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
	watching, found := l.sessions[resourceID]
	l.lock.Unlock()
	if !found {
		return fmt.Errorf("no session %s", resourceID)
	}
	return watching.server.RegisterWHIPRTCConnectionNotifyTopic(participantID)
}

func (l *liveKit) closeSession(resourceID string) {
	l.lock.Lock()
	closing, found := l.sessions[resourceID]
	delete(l.sessions, resourceID)
	l.lock.Unlock()
	if found {
		// Waits for the answer to an ending that is under way.
		closing.server.Shutdown()
	}
}

// end asks the parent to end a session, and waits until it has or the server waits no longer.
func (l *liveKit) end(ctx context.Context, resourceID, because string) (*livekit.IngressState, error) {
	done := make(chan *livekit.IngressState, 1)
	l.lock.Lock()
	l.asked++
	number := l.asked
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

func (l *liveKit) ended(number int, state json.RawMessage) error {
	read, err := readState(state)
	if err != nil {
		return err
	}
	l.lock.Lock()
	done, found := l.endings[number]
	l.lock.Unlock()
	if found {
		done <- read
	}
	return nil
}

func readState(state json.RawMessage) (*livekit.IngressState, error) {
	read := &livekit.IngressState{}
	if err := protojson.Unmarshal(state, read); err != nil {
		return nil, fmt.Errorf("not an ingress state: %w", err)
	}
	return read, nil
}

// session answers the server's calls for one live ingress.
type session struct {
	livekit    *liveKit
	ingressID  string
	resourceID string
	server     rpc.IngressHandlerServer
}

// UpdateIngress comes for every update of a live ingress; LiveKit Ingress ends the session for each.
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

// WHIPRTCConnectionNotify tells, every few seconds and at the end, what the server receives.
func (s *session) WHIPRTCConnectionNotify(
	_ context.Context, told *rpc.WHIPRTCConnectionNotifyRequest,
) (*emptypb.Empty, error) {
	s.livekit.parent.send(event{
		Event:      "Media",
		ResourceID: s.resourceID,
		Video:      jsonOf(told.Video),
		Audio:      jsonOf(told.Audio),
		Closed:     told.Closed,
	})
	return &emptypb.Empty{}, nil
}

// WHIP's own requests come over HTTP to the parent, never over the bus.
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
