#!/usr/bin/env python3
"""A node under clients that mean it harm.   tests/rpc/abuse.py BUILD_FOLDER

Starts a devnet with blocks every 200 ms on a loopback port and mistreats its server in turn; then another
one whose --rpc-connections lets ten thousand in, and one that tells loopback addresses apart.  Two processes
of their own watch meanwhile: one hears of every block over a WebSocket, one is a normal client that connects
and asks ten times a second.  Under each attack blocks keep their time, the client is answered, memory stays
bounded, and the node lives.  Bounds are for a busy machine of two cores; what was measured is printed.
Takes a minute or two; speaks to nobody but the node.
"""
import base64
import json
import multiprocessing
import os
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

PERIOD = 0.2          # seconds between blocks
GAP_MAX = 4.0         # seconds without a block: less than one body's time
MEAN_MAX = 0.3        # seconds between blocks, over one attack
ANSWER_MAX = 7.0      # seconds until the normal client has its answer: one body's time, and some
MEMORY_MAX = int(os.environ.get('ABUSE_MEMORY_MAX', 768))  # MiB resident; a sanitizer needs more
REPLY_MAX = 30        # seconds an attacker waits for what it asked
CROWD = 10000         # connections at once
CONNECTIONS_MAX = 1024   # --rpc-connections unless told otherwise
SUBSCRIPTIONS_MAX = 128  # of one WebSocket

CALL = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}'


def post(body, headers=b''):
    return (b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' + headers +
            b'Content-Length: %d\r\n\r\n' % len(body) + body)


def dial(port, timeout=REPLY_MAX, client=0, read_buffer=0):
    """Connects; clients come from addresses of their own, so that ports do not run short."""
    s = socket.socket()
    if read_buffer:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_buffer)
    s.settimeout(timeout)
    if client:
        s.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        s.bind(('127.0.0.%d' % (2 + client // 4000), 0))
    s.connect(('127.0.0.1', port))
    return s


def crowd(port):
    """As many connections as the system lets us have, and up to CROWD."""
    most = min(CROWD, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
    sockets = []
    for i in range(most):
        try:
            sockets.append(dial(port, REPLY_MAX, 1 + i))
        except OSError:
            pass
    return sockets, most


def is_open(s):
    """Whether the server has not closed it; there must be nothing to read."""
    s.setblocking(False)
    try:
        return s.recv(1, socket.MSG_PEEK) != b''
    except BlockingIOError:
        return True
    except OSError:
        return False


def read_reply(s):
    """One HTTP reply: status and body."""
    got = b''
    while b'\r\n\r\n' not in got:
        piece = s.recv(65536)
        if not piece:
            return 0, b''
        got += piece
    head, body = got.split(b'\r\n\r\n', 1)
    length = re.search(rb'(?i)content-length: (\d+)', head)
    size = int(length.group(1)) if length else 0
    pieces, have = [body], len(body)
    while have < size:
        piece = s.recv(1 << 20)
        if not piece:
            break
        pieces.append(piece)
        have += len(piece)
    return int(head.split()[1]), b''.join(pieces)


def close_all(sockets):
    for s in sockets:
        s.close()


# -- who watches -------------------------------------------------------------------------

def frame(text):
    mask = os.urandom(4)
    return struct.pack('!BB', 0x81, 0x80 | len(text)) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(text))


def handshake():
    return (b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
            b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ' + base64.b64encode(os.urandom(16)) + b'\r\n\r\n')


SUBSCRIBE = frame(b'{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}')


def watch_blocks(port, out):
    """Sends the time of every new head; connects again if it is cut off."""
    while True:
        s = dial(port, 60)
        s.sendall(handshake() + SUBSCRIBE)
        kept = b''
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            now = time.monotonic()
            kept += piece
            for number in re.findall(rb'"number":"0x([0-9a-f]+)"', kept):
                out.send((now, int(number, 16)))
            last = kept.rfind(b'"number":"')
            kept = kept[last + 12:] if last >= 0 else kept[-4096:]


def watch_answers(port, out):
    while True:
        start = time.monotonic()
        try:
            with dial(port) as s:
                s.sendall(post(CALL))
                ok = read_reply(s)[1].endswith(b'"result":"0x4f24"}')
        except OSError:
            ok = False
        out.send((start, time.monotonic() - start, ok))
        time.sleep(max(0.0, 0.1 - (time.monotonic() - start)))


class Watch:
    def __init__(self, port):
        self.heads, self.answers, self.processes = [], [], []
        for kept, run in ((self.heads, watch_blocks), (self.answers, watch_answers)):
            mine, theirs = multiprocessing.Pipe(False)
            p = multiprocessing.Process(target=run, args=(port, theirs), daemon=True)
            p.start()
            self.processes.append((p, mine, kept))

    def take(self):
        for _, pipe, kept in self.processes:
            while pipe.poll():
                kept.append(pipe.recv())

    def take_until(self, end):
        """All that was asked by then, and one answer more; or the normal client has waited too long."""
        last = time.monotonic() + REPLY_MAX
        while not (self.answers and self.answers[-1][0] > end) and time.monotonic() < last:
            time.sleep(0.02)
            self.take()

    def stop(self):
        for p, _, _ in self.processes:
            p.terminate()
            p.join()


# -- attacks ---------------------------------------------------------------------------------

def trickle(sockets, rounds):
    for _ in range(rounds):
        for s in sockets:
            try:
                s.send(b'P')
            except OSError:
                pass
        time.sleep(0.2)


def slowloris(port):
    """200 requests that trickle and never end."""
    sockets = [dial(port) for _ in range(200)]
    trickle(sockets, 15)
    close_all(sockets)


def giant_body(port):
    """Bodies of 64 MiB, with and without a length."""
    for head in (b'Content-Length: 67108864\r\n\r\n', b'Transfer-Encoding: chunked\r\n\r\n'):
        for _ in range(4):
            s = dial(port)
            try:
                s.sendall(b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' + head)
                chunk = b' ' * (1 << 20)
                for _ in range(64):
                    s.sendall(chunk if head[:1] == b'C' else b'100000\r\n' + chunk + b'\r\n')
            except OSError:
                pass
            s.close()


def nested_json(port):
    """Brackets as deep as a body may be long."""
    for opening in (b'[', b'{"a":', b'[{"params":['):
        with dial(port) as s:
            s.sendall(post(opening * (1000000 // len(opening))))
            assert b'error' in read_reply(s)[1]


def logs_batches(port):
    """Eight clients with 1000 eth_getLogs over everything in one body each."""
    one = b'{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x0"}]}'
    sockets = [dial(port, REPLY_MAX) for _ in range(8)]
    for s in sockets:
        s.sendall(post(b'[' + b','.join([one] * 1000) + b']'))
    for s in sockets:
        status, body = read_reply(s)
        assert status == 200 and len(json.loads(body)) == 1000
    close_all(sockets)


def many_connections(port):
    """CROWD connections at once: the stalest are closed, the newest served."""
    sockets, most = crowd(port)
    end = time.monotonic() + REPLY_MAX
    while (left := sum(is_open(s) for s in sockets)) > CONNECTIONS_MAX and time.monotonic() < end:
        time.sleep(0.02)
    print('  %d connections were opened, as many as %d allowed; %d are left' % (len(sockets), most, left))
    assert len(sockets) == most and left <= CONNECTIONS_MAX
    sockets[-1].settimeout(REPLY_MAX)
    sockets[-1].sendall(post(CALL))
    assert read_reply(sockets[-1])[0] == 200
    close_all(sockets)


def many_websockets(port):
    """More WebSockets than there may be: the others hear 503."""
    sockets, statuses = [], []
    for _ in range(CONNECTIONS_MAX + 200):
        s = dial(port)
        s.sendall(handshake())
        status, body = read_reply(s)
        assert status == 101 or body == b'too many connections\n'
        statuses.append(status)
        sockets.append(s)
    print('  %d WebSockets, %d refused' % (statuses.count(101), statuses.count(503)))
    assert statuses.count(101) == CONNECTIONS_MAX - 1  # the watcher has one
    assert statuses.count(503) == len(statuses) - statuses.count(101)
    close_all(sockets)
    end = time.monotonic() + REPLY_MAX
    while websockets(port) > 1 and time.monotonic() < end:
        time.sleep(0.02)


def subscriptions(port):
    """Fifty WebSockets with all the subscriptions they may have; every other one never reads and is cut off."""
    sockets = []
    for i in range(50):
        s = dial(port, REPLY_MAX, 0, 0 if i % 2 else 4096)
        s.sendall(handshake() + SUBSCRIBE * (SUBSCRIPTIONS_MAX + 1))
        sockets.append(s)
    readers, kept = sockets[1::2], [b''] * len(sockets[1::2])
    end = time.monotonic() + REPLY_MAX
    while websockets(port) > len(readers) + 1 and time.monotonic() < end:  # the watcher has one
        for i, s in enumerate(readers):
            s.setblocking(False)
            try:
                while piece := s.recv(1 << 20):
                    kept[i] = kept[i] if b'too many subscriptions' in kept[i] else kept[i][-100:] + piece
            except BlockingIOError:
                pass
        time.sleep(0.02)
    left, told = websockets(port) - 1, sum(b'too many subscriptions' in got for got in kept)
    print('  %d of %d WebSockets are left, %d heard of the limit' % (left, len(sockets), told))
    close_all(sockets)
    assert left == told == len(readers)


def websockets(port):
    """How many there are, by the node's own count."""
    with dial(port) as s:
        s.sendall(b'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
        return int(re.search(rb'\nplimsoll_ws_connections (\d+)', read_reply(s)[1]).group(1))


def half_open_websockets(port):
    """Handshakes and frames that never end, and clients that say nothing."""
    sockets = []
    for i in range(900):
        s = dial(port)
        s.sendall((handshake()[:-2], handshake() + b'\x81\xfe\xff', handshake())[i % 3])
        sockets.append(s)
    time.sleep(2)
    close_all(sockets)


def garbage(port):
    """Random bytes, then the end: whether that is answered or not is the server's choice."""
    for size in (1, 100, 10000, 100000):
        for _ in range(50):
            with dial(port, 0.2) as s:
                try:
                    s.sendall(os.urandom(size))
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(65536):
                        pass
                except OSError:
                    pass


def half_closed(port):
    """Whoever asks and closes his half, or hangs up before the answer, or never reads it."""
    kept = []
    big = post(b'[' + b','.join([b'{"id":1,"method":"plimsoll_help"}'] * 500) + b']')
    for i in range(300):
        s = dial(port)
        s.sendall(big if i % 10 == 0 else post(CALL))
        if i % 3 == 0:
            s.close()
        elif i % 3 == 1:
            s.shutdown(socket.SHUT_WR)
            kept.append(s)
        else:
            kept.append(s)
    time.sleep(1)
    close_all(kept)


# -- attacks on the server that lets a crowd in ------------------------------------------------

def crowd_is_served(port):
    """CROWD connections that are all held, and all answered twice."""
    sockets, most = crowd(port)
    answered = 0
    for _ in range(2):
        for s in sockets:
            s.sendall(post(CALL))
        for s in sockets:
            s.settimeout(REPLY_MAX)
            answered += read_reply(s)[0] == 200
    print('  %d connections were held, as many as %d allowed; %d answers' % (len(sockets), most, answered))
    close_all(sockets)
    assert len(sockets) == most and answered == 2 * most


def crowd_trickles(port):
    """CROWD requests that trickle and never end."""
    sockets, most = crowd(port)
    trickle(sockets, 10)
    held = sum(is_open(s) for s in sockets)
    print('  %d requests trickled, %d connections were held' % (len(sockets), held))
    close_all(sockets)
    assert held == most


def crowd_of_websockets(port):
    """CROWD WebSockets that say nothing."""
    sockets, most = crowd(port)
    for s in sockets:
        s.sendall(handshake())
    upgraded = 0
    for s in sockets:
        s.settimeout(REPLY_MAX)
        upgraded += read_reply(s)[0] == 101
    end = time.monotonic() + REPLY_MAX
    while (held := websockets(port) - 1) < upgraded and time.monotonic() < end:  # the watcher has one
        time.sleep(0.02)  # 101 is sent before the node counts it
    print('  %d WebSockets, %d held' % (upgraded, held))
    close_all(sockets)
    assert upgraded == held == most


# -- attacks on the server that tells addresses apart --------------------------------------------

def hoarding(port):
    """One address leaves long answers unread, more than all may hold: another one is served."""
    big = post(b'[' + b','.join([b'{"id":1,"method":"plimsoll_help"}'] * 1000) + b']')
    sockets, whole = [], 0
    for i in range(80):  # of five megabytes each
        s = dial(port, REPLY_MAX, 1, 4096)
        s.sendall(big)
        whole += int(re.search(rb'content-length: (\d+)', s.recv(1024), re.I).group(1)) > 4 << 20
        sockets.append(s)
    with dial(port, REPLY_MAX, 4001) as other:
        other.sendall(b'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        held = int(re.search(rb'\nplimsoll_http_unsent_bytes (\d+)', read_reply(other)[1]).group(1))
    with dial(port, REPLY_MAX, 4001) as other:
        other.sendall(big)
        status, body = read_reply(other)
    print('  %d answers of one address, %d of them whole, %d MiB wait; another one has %d MiB' %
          (len(sockets), whole, held >> 20, len(body) >> 20))
    close_all(sockets)
    assert 0 < whole < 20 and held < 40 << 20 and status == 200 and len(json.loads(body)) == 1000


ATTACKS = (slowloris, giant_body, nested_json, logs_batches, many_connections, many_websockets, subscriptions,
           half_open_websockets, garbage, half_closed)
CROWD_ATTACKS = (crowd_is_served, crowd_trickles, crowd_of_websockets)
ADDRESS_ATTACKS = (hoarding,)


# -- the node -----------------------------------------------------------------------------------

class Node:
    def __init__(self, folder, program, *options):
        os.mkdir(folder)
        data = os.path.join(folder, 'data')
        subprocess.run([program, 'init', '--data', data], check=True, stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(folder, 'log'), 'w+b')
        self.process = subprocess.Popen([program, 'start', '--data', data, '--block-time', '200ms', '--rpc-port', '0',
                                         *options], stderr=self.log)
        self.port = 0
        for _ in range(1200):
            found = re.search(rb'rpc=http://127\.0\.0\.1:(\d+)', self.text())
            if found:
                self.port = int(found.group(1))
                return
            time.sleep(0.05)
        raise SystemExit('the node did not start')

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def memory(self):
        """Resident MiB; 0: it is dead."""
        try:
            with open('/proc/%d/statm' % self.process.pid) as f:
                return int(f.read().split()[1]) * resource.getpagesize() >> 20
        except (OSError, IndexError):
            return 0

    def stop(self):
        self.process.terminate()
        return self.process.wait(REPLY_MAX)


def judge(name, watch, start, end, memory):
    heads = [t for t, _ in watch.heads if start - 1 <= t <= end]
    gaps = [b - a for a, b in zip(heads, heads[1:])] + [end - heads[-1] if heads else 99.0]
    answers = [(took, ok) for at, took, ok in watch.answers if at <= end and at + took >= start]
    mean = (heads[-1] - heads[0]) / (len(heads) - 1) if len(heads) > 1 else 99.0
    slowest = max((took for took, _ in answers), default=99.0)
    failed = sum(not ok for _, ok in answers)
    print('%-17s %4.1f s, blocks every %.0f ms, longest gap %.0f ms, %d answers, slowest %.0f ms, %d failed, %d MiB' %
          (name, end - start, mean * 1e3, max(gaps) * 1e3, len(answers), slowest * 1e3, failed, memory))
    return [
        ('%s: blocks keep their time' % name, mean <= MEAN_MAX),
        ('%s: no gap between blocks is long' % name, max(gaps) <= GAP_MAX),
        ('%s: a normal client is answered in time' % name, len(answers) > 0 and slowest <= ANSWER_MAX),
        ('%s: no answer is missing' % name, failed == 0),
        ('%s: memory is bounded' % name, 0 < memory <= MEMORY_MAX),
    ]


def run(node, attacks):
    results = []
    watch = Watch(node.port)
    time.sleep(2)
    for attack in attacks:
        start = time.monotonic()
        try:
            attack(node.port)
            held = True
        except (OSError, AssertionError) as e:
            print('  %s: %r' % (attack.__name__, e))
            held = False
        memory = node.memory()
        time.sleep(1)
        end = time.monotonic()
        watch.take_until(end)
        results.append(('%s: is answered' % attack.__name__, held))
        results += judge(attack.__name__, watch, start, end, memory)
        if node.process.poll() is not None:
            break
    watch.stop()
    return results


def mistreat(folder, program, attacks, *options):
    node = Node(folder, program, *options)
    results = []
    try:
        results += run(node, attacks)
        results.append(('the node lives', node.process.poll() is None))
        results.append(('and stops when it is told to', node.stop() == 0))
    finally:
        node.process.kill()
        if not results or not all(ok for _, ok in results):
            sys.stdout.write(node.text()[-4000:].decode(errors='replace'))
    return results


def main():
    out = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = tempfile.mkdtemp(prefix='plimsoll-abuse-')
    program = os.path.join(out, 'bin', 'plimsolld')
    try:
        results = mistreat(os.path.join(folder, 'a'), program, ATTACKS)
        results += mistreat(os.path.join(folder, 'b'), program, CROWD_ATTACKS, '--rpc-connections', str(CROWD + 100))
        results += mistreat(os.path.join(folder, 'c'), program, ADDRESS_ATTACKS, '--rpc-rate-loopback', '--rpc-rate', '0')
    finally:
        shutil.rmtree(folder)
    for name, ok in results:
        if not ok:
            print('FAILED ' + name)
    failed = sum(not ok for _, ok in results)
    print('%d passed, %d failed' % (len(results) - failed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
