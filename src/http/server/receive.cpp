// From bytes to a request, and to whoever answers it.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/none.hpp>

#include "core/ulid.hpp"
#include "http/problem.hpp"
#include "http/server/edge.hpp"

// NOLINTBEGIN(misc-include-cleaner): what is used of Asio and Beast comes with edge.hpp
// NOLINTBEGIN(bugprone-unused-return-value): Asio gives an error twice

namespace notify {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kFirstPiece = 1024;  // most headers are whole in it
constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::size_t kLingerPiece = 16U << 10U;

bool IsOfParsing(const error_code& error) {
    return error.category() == http::make_error_code(http::error::bad_target).category();
}

Response Malformed(std::string_view what, const Request& request) {
    return ProblemOf(400, "invalid_argument", what, request.id);
}

Response Busy(std::string_view request_id) {
    return ProblemOf(503, "unavailable", "too many requests wait already; try again soon", request_id);
}

Response Broken(std::string_view request_id) {
    return ProblemOf(500, "internal", "the service failed on this request", request_id);
}

bool HasBody(const Parser& parser) {
    return parser.chunked() || parser.content_length().value_or(0) > 0;
}

}  // namespace

bool Server::Edge::Refuse(
    Connection& connection, const Request& request, const Response& refusal, const Yield& yield
) {
    connection.answering = true;
    connection.stream.Tcp().expires_after(settings_.idle_timeout);
    static_cast<void>(Send(connection, request, refusal, false, yield));
    connection.answering = false;
    // The client may still be sending. Closing over bytes that were not read resets the connection, and the
    // client might never see why.
    error_code error;
    auto& stream = connection.stream.Tcp();
    stream.expires_after(kLinger);
    connection.stream.SayFarewell(yield);
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    while (!error && !stopping_) {
        connection.buffer.clear();
        stream.async_read_some(connection.buffer.prepare(kLingerPiece), yield[error]);
    }
    return false;
}

bool Server::Edge::ReadHeader(Connection& connection, Parser& parser, Request& request, const Yield& yield) {
    auto& stream = connection.stream;
    auto& buffer = connection.buffer;
    parser.header_limit(static_cast<std::uint32_t>(settings_.max_header_bytes));
    parser.body_limit(boost::none);  // not known before the target is
    error_code error;
    if (buffer.size() == 0) {  // a quiet connection may idle; once it speaks, it has to finish its header
        stream.Tcp().expires_after(settings_.idle_timeout);
        const auto room = buffer.prepare(kFirstPiece);
        buffer.commit(stream.async_read_some(room, yield[error]));
        if (error) {
            return false;
        }
    }
    stream.Tcp().expires_after(settings_.header_timeout);
    http::async_read_header(stream, buffer, parser, yield[error]);
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return Refuse(
            connection,
            request,
            ProblemOf(431, "too_large", "the request's header is too large", request.id),
            yield
        );
    }
    if (error == http::error::end_of_stream || (error && !IsOfParsing(error))) {
        return false;
    }
    if (error || IsAmbiguous(parser)) {
        return Refuse(connection, request, Malformed("the request is malformed", request), yield);
    }
    if (FieldCount(parser) > settings_.max_header_fields) {
        return Refuse(
            connection,
            request,
            ProblemOf(431, "too_large", "the request's header has too many fields", request.id),
            yield
        );
    }
    request.method = std::string(parser.get().method_string());
    if (auto target = SetTarget(request, std::string_view(parser.get().target())); !target) {
        return Refuse(connection, request, Malformed(target.error().message, request), yield);
    }
    for (const auto& field : parser.get()) {  // before the body: a trailer is no header
        request.headers[Lower(field.name_string())] = std::string(field.value());
    }
    return true;
}

Admission Server::Edge::AdmissionOf(const Request& request, const Yield& yield) {
    Admission admission;
    switch (OnPool([&] { admission = admit_(request); }, yield)) {
        case Work::kDone:
            break;
        case Work::kTooMany:
            admission.refusal = Busy(request.id);
            break;
        case Work::kFailed:
            admission.refusal = Broken(request.id);
            break;
    }
    return admission;
}

/// As long as at the least rate it takes, beside what a header may: small bodies do not hold a connection
/// long.
std::chrono::milliseconds Server::Edge::TimeForBody(std::uint64_t bytes) const {
    constexpr std::uint64_t kLeastRate = 1;  // bytes a millisecond
    const auto most = static_cast<std::uint64_t>(settings_.body_timeout.count());
    const std::chrono::milliseconds at_least_rate(std::min(most, bytes / kLeastRate));
    return std::min(settings_.body_timeout, settings_.header_timeout + at_least_rate);
}

bool Server::Edge::ReadBody(
    Connection& connection, Parser& parser, const Request& request, const Yield& yield
) {
    if (!HasBody(parser)) {
        return true;
    }
    connection.stream.Tcp().expires_never();  // the pool may be busy
    const auto admission = AdmissionOf(request, yield);
    if (admission.refusal) {
        return Refuse(connection, request, *admission.refusal, yield);
    }
    const auto too_large =
        ProblemOf(413, "too_large", "the request's body is larger than is allowed here", request.id);
    if (parser.content_length().value_or(0) > admission.max_body) {  // Beast looks at it too early
        return Refuse(connection, request, too_large, yield);
    }
    parser.body_limit(admission.max_body);
    connection.stream.Tcp().expires_after(TimeForBody(parser.content_length().value_or(admission.max_body)));
    error_code error;
    if (Lower(parser.get()[http::field::expect]) == "100-continue") {
        const http::response<http::empty_body> go_on(http::status::continue_, 11);
        http::async_write(connection.stream, go_on, yield[error]);
    }
    http::async_read(connection.stream, connection.buffer, parser, yield[error]);
    if (error == http::error::body_limit) {
        return Refuse(connection, request, too_large, yield);
    }
    if (error && IsOfParsing(error)) {
        return Refuse(connection, request, Malformed("the request's body is malformed", request), yield);
    }
    return !error;
}

Response Server::Edge::Handled(Request& request, const std::string& id, const Yield& yield) {
    Response response;
    switch (OnPool([&] { response = handler_(request); }, yield)) {
        case Work::kDone:
            return response;
        case Work::kTooMany:
            return Busy(id);
        case Work::kFailed:
            break;
    }
    return Broken(id);
}

bool Server::Edge::Answer(Connection& connection, Request& request, bool keep_alive, const Yield& yield) {
    connection.answering = true;
    connection.stream.Tcp().expires_never();
    Request asked;  // what sending needs of it: the handler may take the request for itself
    asked.id = request.id;
    asked.method = request.method;
    asked.headers["origin"] = request.Header("origin");
    Response response;
    if (auto preflight = cross_origin_.Preflight(request)) {
        response = std::move(*preflight);
    } else {
        response = Handled(request, asked.id, yield);
    }
    const bool stays = Send(connection, asked, response, keep_alive && !stopping_, yield);
    connection.answering = false;
    return stays;
}

bool Server::Edge::ServeOne(Connection& connection, const Yield& yield) {
    Parser parser;
    Request request;
    request.id = MakeId("req");
    request.stop = stop_.get_token();
    request.peer = connection.peer;
    if (!ReadHeader(connection, parser, request, yield) || !ReadBody(connection, parser, request, yield)) {
        return false;
    }
    const bool keep_alive = parser.get().keep_alive();
    request.body = std::move(parser.get().body());
    return Answer(connection, request, keep_alive, yield);
}

}  // namespace notify

// NOLINTEND(bugprone-unused-return-value)
// NOLINTEND(misc-include-cleaner)
