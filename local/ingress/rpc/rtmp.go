package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/livekit/go-rtmp"
	"github.com/livekit/go-rtmp/message"
	"github.com/livekit/protocol/utils/guid"
)

const (
	// How many FLV tags may wait for the reader, about two seconds of them. If the buffer is full, the
	// encoder has to wait, and drops frames on its own.
	maxWaitingTags = 192
	// How long the parent may take to accept or refuse a key, and then to open the media's socket.
	parentTimeout = 10 * time.Second

	flvAudio, flvVideo, flvScript = 8, 9, 18
)

// Version 1 with audio and video, a header of nine bytes, then the size of the previous tag, zero.
var flvHeader = []byte{'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0}

var errRefused = errors.New("publishing refused")

// rtmpServer accepts encoders' connections.
type rtmpServer struct {
	mediaFolder string
	silence     time.Duration
	parent      *parent

	lock        sync.Mutex
	connections map[string]*connection
}

func newRTMP(mediaFolder string, silence time.Duration, parent *parent) *rtmpServer {
	return &rtmpServer{
		mediaFolder: mediaFolder,
		silence:     silence,
		parent:      parent,
		connections: map[string]*connection{},
	}
}

func (s *rtmpServer) serve(listener net.Listener) {
	server := rtmp.NewServer(&rtmp.ServerConfig{
		OnConnect: func(conn net.Conn) (io.ReadWriteCloser, *rtmp.ConnConfig) {
			accepted := &connection{
				// An accepted connection becomes a session with the same id.
				id:      guid.New(guid.RTMPResourcePrefix),
				server:  s,
				conn:    conn,
				verdict: make(chan bool, 1),
				media:   make(chan []byte, maxWaitingTags),
				gone:    make(chan struct{}),
			}
			s.lock.Lock()
			s.connections[accepted.id] = accepted
			s.lock.Unlock()
			return &timeoutConn{Conn: conn, silence: s.silence}, &rtmp.ConnConfig{
				Handler: accepted,
				// The same value as in LiveKit Ingress.
				ControlState: rtmp.StreamControlStateConfig{
					DefaultBandwidthWindowSize: 6 * 1024 * 1024 / 8,
				},
			}
		},
	})
	slog.Info("the RTMP server has stopped", "reason", server.Serve(listener))
}

func (s *rtmpServer) connection(id string) (*connection, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	existing, ok := s.connections[id]
	if !ok {
		return nil, fmt.Errorf("no connection %s", id)
	}
	return existing, nil
}

// accept lets an encoder publish. It returns the path of the socket to read its media from.
func (s *rtmpServer) accept(id string) (string, error) {
	accepted, err := s.connection(id)
	if err != nil {
		return "", err
	}
	socket := filepath.Join(s.mediaFolder, id)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return "", err
	}
	go accepted.handOver(listener.(*net.UnixListener))
	accepted.verdict <- true
	return socket, nil
}

func (s *rtmpServer) refuse(id string) error {
	refused, err := s.connection(id)
	if err != nil {
		return err
	}
	refused.verdict <- false
	return nil
}

func (s *rtmpServer) disconnect(id string) error {
	leaving, err := s.connection(id)
	if err != nil {
		return nil // it has already disconnected
	}
	return leaving.conn.Close()
}

// timeoutConn is a connection that ends if no data arrives for some time, for example because the
// encoder's machine lost its network.
type timeoutConn struct {
	net.Conn
	silence time.Duration
}

func (c *timeoutConn) Read(buffer []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(buffer)
}

// connection is one encoder.
type connection struct {
	rtmp.DefaultHandler

	id      string
	server  *rtmpServer
	conn    net.Conn
	asked   bool // the encoder has asked to publish
	keyed   bool // a key frame has arrived; frames before it can't be decoded
	verdict chan bool
	media   chan []byte
	gone    chan struct{} // closed when the reader of the media is gone
}

// OnPublish asks the parent whether the encoder may publish. If it returns an error, the RTMP server sends
// NetStream.Publish.Failed to the encoder and closes the connection.
func (c *connection) OnPublish(_ *rtmp.StreamContext, _ uint32, publish *message.NetStreamPublish) error {
	_, streamKey := path.Split(publish.PublishingName)
	if streamKey == "" || c.asked {
		return errRefused
	}
	c.asked = true
	c.server.parent.send(event{Event: "Publish", Connection: c.id, StreamKey: streamKey})
	select {
	case accepted := <-c.verdict:
		if accepted {
			return nil
		}
	case <-time.After(parentTimeout):
	}
	return errRefused
}

// OnSetDataFrame passes the encoder's metadata on. Its frame rate lets the reader start sooner.
func (c *connection) OnSetDataFrame(timestamp uint32, data *message.NetStreamSetDataFrame) error {
	return c.pass(flvScript, timestamp, bytes.NewReader(data.Payload))
}

func (c *connection) OnAudio(timestamp uint32, payload io.Reader) error {
	return c.pass(flvAudio, timestamp, payload)
}

func (c *connection) OnVideo(timestamp uint32, payload io.Reader) error {
	return c.pass(flvVideo, timestamp, payload)
}

// OnClose is called once, after the last tag, whichever side closes the connection.
func (c *connection) OnClose() {
	close(c.media)
	c.server.lock.Lock()
	defer c.server.lock.Unlock()
	delete(c.server.connections, c.id)
}

// pass queues one RTMP message for the reader. Its payload is the payload of an FLV tag.
func (c *connection) pass(kind byte, timestamp uint32, payload io.Reader) error {
	data, err := io.ReadAll(payload)
	if err != nil || len(data) == 0 {
		return err
	}
	if kind == flvVideo && !c.keyed {
		// The frame type is in bits 4 to 6 of the first byte. Enhanced RTMP sets bit 7.
		if c.keyed = data[0]>>4&7 == 1; !c.keyed {
			return nil
		}
	}
	select {
	case c.media <- flvTag(kind, timestamp, data):
		return nil
	case <-c.gone:
		return io.EOF
	}
}

func flvTag(kind byte, timestamp uint32, data []byte) []byte {
	tag := make([]byte, 0, 11+len(data)+4)
	tag = append(tag, kind, byte(len(data)>>16), byte(len(data)>>8), byte(len(data)))
	tag = append(tag, byte(timestamp>>16), byte(timestamp>>8), byte(timestamp), byte(timestamp>>24))
	tag = append(tag, 0, 0, 0) // stream id
	tag = append(tag, data...)
	return binary.BigEndian.AppendUint32(tag, uint32(11+len(data)))
}

// handOver writes the media to the one reader that connects, until either side closes.
func (c *connection) handOver(listener *net.UnixListener) {
	defer close(c.gone)
	defer c.conn.Close()
	_ = listener.SetDeadline(time.Now().Add(parentTimeout))
	reader, err := listener.Accept()
	_ = listener.Close() // this also deletes the socket's file
	if err != nil {
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			slog.Warn("the media socket failed", "connection", c.id, "reason", err)
		}
		return
	}
	defer reader.Close()
	if _, err := reader.Write(flvHeader); err != nil {
		return
	}
	for tag := range c.media {
		if _, err := reader.Write(tag); err != nil {
			return
		}
	}
}
