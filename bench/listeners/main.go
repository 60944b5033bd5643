// Command listeners has many listeners in one room and tells what each of them was told, and when.
// In Go, since LiveKit's client for Python takes ten times the processor for it, and what is
// measured needs that.
//
// It is asked in JSON on standard input: a line that says where and who, then the number of messages
// to wait for. On standard output: `ready` once everybody hears the room, then what was heard.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

const (
	heardWithin  = time.Minute // after the last was sent, not for ever
	tooOften     = time.Second // a while more, in which what is told twice would come
	callingTopic = "calling"
	callingEvery = 200 * time.Millisecond
)

type question struct {
	URL    string   `json:"url"`
	Key    string   `json:"key"`
	Secret string   `json:"secret"`
	Tokens []string `json:"tokens"`
	Topic  string   `json:"topic"`
}

// seen is a message that a listener was told, and when: `at` in seconds since 1970.
type seen struct {
	ID     string  `json:"id"`
	SentAt int64   `json:"sent_at"`
	At     float64 `json:"at"`
}

type packet struct {
	at   time.Time
	data []byte
}

// listener keeps what it hears as it came: to read it is left for later.
type listener struct {
	sync.Mutex
	hearsRoom bool
	packets   []packet
}

func (one *listener) hear(topic, wanted string, data []byte) {
	at := time.Now()
	one.Lock()
	defer one.Unlock()
	if topic == wanted {
		one.packets = append(one.packets, packet{at, data})
	} else if topic == callingTopic {
		one.hearsRoom = true
	}
}

func (one *listener) isReady() bool {
	one.Lock()
	defer one.Unlock()
	return one.hearsRoom
}

func (one *listener) count() int {
	one.Lock()
	defer one.Unlock()
	return len(one.packets)
}

func (one *listener) seen() ([]seen, error) {
	one.Lock()
	defer one.Unlock()
	all := make([]seen, 0, len(one.packets))
	for _, packet := range one.packets {
		var message struct {
			ID     string `json:"id"`
			SentAt int64  `json:"sentAt"`
		}
		if err := json.Unmarshal(packet.data, &message); err != nil {
			return nil, err
		}
		all = append(all, seen{message.ID, message.SentAt, float64(packet.at.UnixNano()) / 1e9})
	}
	return all, nil
}

func main() {
	lksdk.SetLogger(logger.GetDiscardLogger())
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "listeners:", err)
		os.Exit(1)
	}
}

func run() error {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	var asked question
	if err := in.Decode(&asked); err != nil {
		return err
	}
	listeners := make([]*listener, len(asked.Tokens))
	name := ""
	for number, token := range asked.Tokens {
		one := &listener{}
		callback := lksdk.NewRoomCallback()
		callback.OnDataPacket = func(data lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if user, is := data.(*lksdk.UserDataPacket); is {
				one.hear(user.Topic, asked.Topic, user.Payload)
			}
		}
		room, err := lksdk.ConnectToRoomWithToken(
			asked.URL, token, callback, lksdk.WithAutoSubscribe(false),
		)
		if err != nil {
			return err
		}
		defer room.Disconnect()
		listeners[number], name = one, room.Name()
	}
	if err := call(asked, name, listeners); err != nil {
		return err
	}
	fmt.Println("ready")

	var expected int
	if err := in.Decode(&expected); err != nil {
		return nil // nobody wants to know
	}
	deadline := time.Now().Add(heardWithin)
	for !all(listeners, func(one *listener) bool { return one.count() >= expected }) &&
		time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(tooOften)
	heard := make([][]seen, len(listeners))
	for number, one := range listeners {
		found, err := one.seen()
		if err != nil {
			return err
		}
		heard[number] = found
	}
	return json.NewEncoder(os.Stdout).Encode(heard)
}

// call sends to the room until everybody hears it: a data channel opens after joining.
func call(asked question, room string, listeners []*listener) error {
	client := lksdk.NewRoomServiceClient(asked.URL, asked.Key, asked.Secret)
	topic := callingTopic
	request := &livekit.SendDataRequest{Room: room, Topic: &topic, Data: []byte("?")}
	for !all(listeners, (*listener).isReady) {
		if _, err := client.SendData(context.Background(), request); err != nil {
			return err
		}
		time.Sleep(callingEvery)
	}
	return nil
}

func all(listeners []*listener, is func(*listener) bool) bool {
	for _, one := range listeners {
		if !is(one) {
			return false
		}
	}
	return true
}
