-- What wrk posts: the body in BENCH_BODY, again and again; or, if BENCH_FILES is set, the lines of the
-- files BENCH_FILES.0, BENCH_FILES.1, ... of its threads, each in its order, from the first one again
-- after the last.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"

local files = os.getenv("BENCH_FILES")
if files then
	local threads, requests, at = 0, {}, 0

	function setup(thread)
		thread:set("number", threads)
		threads = threads + 1
	end

	-- wrk asks the first thread for a request that it only looks at.
	function init()
		at = number == 0 and -1 or 0
		for line in io.lines(files .. "." .. number) do
			requests[#requests + 1] = wrk.format(nil, nil, nil, line)
		end
	end

	function request()
		at = at + 1
		return requests[(math.max(at, 1) - 1) % #requests + 1]
	end
end
