#pragma once

// A request and a response as handlers see them: no transport, no JSON library of the edge.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"

namespace notify {

/// Who asks, after the key was checked.
struct Caller {
    std::string actor = "anonymous";  ///< A key id, or "command line".
    bool read = false;
    bool write = false;
    bool people = false;
    bool webhooks = false;
    bool biometric = false;
    bool admin = false;
    std::optional<std::set<BucketId>> buckets;  ///< All that it may know of; nothing: it is not limited.
};

struct Request {
    std::string method;
    std::string path;  ///< As it came, still percent-encoded; what it decodes to is UTF-8.
    std::map<std::string, std::string, std::less<>> query;    ///< Decoded; of a repeated name the last.
    std::map<std::string, std::string, std::less<>> headers;  ///< Names in lower case.
    std::string body;
    std::string id;    ///< Given to each request; in logs and problems.
    std::string peer;  ///< The address that it came from; "" of a control socket.
    Caller caller;
    std::stop_token stop;                 ///< Stops when the server does: for handlers that take long.
    std::vector<std::string> parameters;  ///< What `{…}` of the route's pattern matched.

    /// "" when there is none.
    [[nodiscard]] std::string_view Header(std::string_view name) const;
    [[nodiscard]] std::string_view Query(std::string_view name) const;
};

/// Bytes that are read piece by piece while they are sent. `read` blocks; it is called from the handlers'
/// pool.
struct ByteStream {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::function<Result<std::string>(std::uint64_t offset, std::size_t length)> read;
};

/// Server-sent events, already framed. An error ends the stream.
struct EventStream {
    /// What is new since the piece before, or "" for nothing. Blocks: it is called from the handlers' pool.
    std::function<Result<std::string>()> next;
    /// The same without blocking, from the edge's thread; nothing when only `next` can tell. May be empty.
    std::function<Result<std::optional<std::string>>()> at_hand;
    /// Whether they would give something or fail. Never blocks; called from the edge's thread ten times a
    /// second. May be empty: nobody knows.
    std::function<bool()> has_news;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";  ///< Empty: there is no body to tell of.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::optional<ByteStream> bytes;
    std::optional<EventStream> events;
};

/// The trace that the request says it is a part of (W3C traceparent), in hex; "" when it says none.
[[nodiscard]] std::string_view TraceOf(const Request& request);

/// Answers a request; called from several threads.
using Handler = std::function<Response(Request&)>;

/// What becomes of a request whose header was read.
struct Admission {
    std::size_t max_body = 0;         ///< In bytes; more is refused.
    std::optional<Response> refusal;  ///< The answer already, without reading the body.
};

/// Judges a request that has a body by its header alone; called from several threads.
using Admit = std::function<Admission(Request)>;

/// Splits "/v1/items?status=Failed" into the request and decodes its query. kInvalidArgument when it is no
/// such target or does not decode to UTF-8.
[[nodiscard]] Result<void> SetTarget(Request& request, std::string_view target);

}  // namespace notify
