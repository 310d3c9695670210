"""A disk that takes no more, played by a limit on the size of files.   tests/chain/full_disk.py BUILD_FOLDER

The node must stop with an error that says why, and go on from its last announced block once there is room."""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

PATIENCE = 30  # seconds
EXIT_FAILED = 1


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.05)
    raise SystemExit('%s: not in %d s' % (what, PATIENCE))


class Node:
    def __init__(self, program, data):
        # A pipe: the limit is for files.
        self.process = subprocess.Popen([program, 'start', '--data', data, '--block-time', '100ms', '--rpc-port', '0'],
                                        stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r'rpc=(http://[0-9.:]+)', line)
            if found:
                self.url = found.group(1)
                return
        raise SystemExit('the node did not start')

    def height(self):
        body = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'eth_blockNumber', 'params': []}).encode()
        request = urllib.request.Request(self.url, body, {'content-type': 'application/json'})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(json.load(answer)['result'], 16)


def run(program, data):
    subprocess.run([program, 'init', '--data', data], check=True, capture_output=True)
    node = Node(program, data)
    try:
        until('blocks', lambda: node.height() >= 3)
        announced = node.height()
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        said = node.process.communicate(timeout=PATIENCE)[1]
        yield 'the node stops with an error', node.process.returncode == EXIT_FAILED
        yield 'and says why', 'plimsolld: no more blocks can be written: ' in said
        yield 'and what to do', 'Make room, then start again.' in said
        node = Node(program, data)
        yield 'nothing that was announced is lost', node.height() >= announced
        yield 'and it goes on', bool(until('more blocks', lambda: node.height() > announced + 2))
        node.process.terminate()
        yield 'and stops when it is told to', node.process.wait(PATIENCE) == 0
    finally:
        node.process.kill()


def main():
    out = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix='plimsoll-full-')
    try:
        results = list(run(os.path.join(out, 'bin', 'plimsolld'), os.path.join(folder, 'data')))
    finally:
        shutil.rmtree(folder)
    for name, ok in results:
        if not ok:
            print('FAILED: %s' % name)
    passed = sum(ok for _, ok in results)
    print('%d passed, %d failed' % (passed, len(results) - passed))
    sys.exit(passed != len(results))


main()
