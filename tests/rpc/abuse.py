#!/usr/bin/env python3
"""A node under clients that mean it harm.   tests/rpc/abuse.py BUILD_FOLDER

Starts a devnet with blocks every 200 ms on a loopback port and mistreats its server in turn.  Two
processes of their own watch meanwhile: one hears of every block over a WebSocket, one is a normal client
that connects and asks ten times a second.  Under each attack blocks keep their time, the client is answered,
memory stays bounded, and the node lives.  Bounds are for a busy machine of two cores; what was measured is
printed.  Takes less than a minute; speaks to nobody but the node.
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
GAP_MAX = 2.0         # seconds without a block
MEAN_MAX = 0.3        # seconds between blocks, over one attack
ANSWER_MAX = 7.0      # seconds until the normal client has its answer: one body's time, and some
MEMORY_MAX = 768      # MiB resident
REPLY_MAX = 30        # seconds an attacker waits for what it asked

CALL = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}'


def post(body, headers=b''):
    return (b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' + headers +
            b'Content-Length: %d\r\n\r\n' % len(body) + body)


def dial(port, timeout=10.0):
    return socket.create_connection(('127.0.0.1', port), timeout=timeout)


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


def watch_blocks(port, out):
    """Sends the time of every new head; connects again if it is cut off."""
    while True:
        s = dial(port, 60)
        s.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ' + base64.b64encode(os.urandom(16)) + b'\r\n\r\n')
        s.sendall(frame(b'{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}'))
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

    def stop(self):
        for p, _, _ in self.processes:
            p.terminate()
            p.join()


# -- attacks ---------------------------------------------------------------------------------

def slowloris(port):
    """200 requests that trickle and never end."""
    sockets = [dial(port) for _ in range(200)]
    for _ in range(15):
        for s in sockets:
            try:
                s.send(b'P')
            except OSError:
                pass
        time.sleep(0.2)
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
    """As many connections as the system lets us have, and up to 3000."""
    most = min(3000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
    sockets = []
    for _ in range(most):
        try:
            sockets.append(dial(port, 2))
        except OSError:
            pass
    print('  %d connections were opened, as many as %d allowed' % (len(sockets), most))
    time.sleep(1)
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


ATTACKS = (slowloris, giant_body, nested_json, logs_batches, many_connections, garbage, half_closed)


# -- the node -----------------------------------------------------------------------------------

class Node:
    def __init__(self, folder, program):
        data = os.path.join(folder, 'data')
        subprocess.run([program, 'init', '--data', data], check=True, stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(folder, 'log'), 'w+b')
        self.process = subprocess.Popen([program, 'start', '--data', data, '--block-time', '200ms', '--rpc-port', '0'],
                                        stderr=self.log)
        self.port = 0
        for _ in range(200):
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
        return self.process.wait(20)


def judge(name, watch, start, end, memory):
    heads = [t for t, _ in watch.heads if start - 1 <= t <= end]
    gaps = [b - a for a, b in zip(heads, heads[1:])] + [end - heads[-1] if heads else 99.0]
    answers = [(took, ok) for at, took, ok in watch.answers if start <= at <= end]
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


def run(node):
    results = []
    watch = Watch(node.port)
    time.sleep(2)
    for attack in ATTACKS:
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
        time.sleep(0.3)
        watch.take()
        results.append(('%s: is answered' % attack.__name__, held))
        results += judge(attack.__name__, watch, start, end, memory)
        if node.process.poll() is not None:
            break
    watch.stop()
    return results


def main():
    out = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = tempfile.mkdtemp(prefix='plimsoll-abuse-')
    node = Node(folder, os.path.join(out, 'bin', 'plimsolld'))
    try:
        results = run(node)
        results.append(('the node lives', node.process.poll() is None))
        results.append(('and stops when it is told to', node.stop() == 0))
    finally:
        node.process.kill()
        if not all(ok for _, ok in results):
            sys.stdout.write(node.text()[-4000:].decode(errors='replace'))
        shutil.rmtree(folder)
    for name, ok in results:
        if not ok:
            print('FAILED ' + name)
    failed = sum(not ok for _, ok in results)
    print('%d passed, %d failed' % (len(results) - failed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
