#include "app/commands/api_client.hpp"

#include <cctype>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "app/control_socket.hpp"
#include "core/json.hpp"

namespace notify {

namespace {

std::string MemberText(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Error FromProblem(int status, const boost::json::value& body) {
    Error error{.code = ErrorCode::kInternal, .message = fmt::format("the service answered {}", status)};
    if (body.is_object()) {
        const auto& problem = body.get_object();
        const auto detail = MemberText(problem, "detail");
        const auto pointer = MemberText(problem, "pointer");
        error.code = ErrorCodeFrom(MemberText(problem, "code")).value_or(error.code);
        error.message = detail.empty() ? error.message : detail;
        if (!pointer.empty() && error.message.find(pointer) == std::string::npos) {
            error.message = fmt::format("{}: {}", pointer, error.message);
        }
    }
    return error;
}

}  // namespace

Result<ApiAnswer> ApiClient::Send(const ApiCall& call) {
    auto answer = CallService(settings_.data_dir / "control.sock", call);
    if (answer || answer.error().code != ErrorCode::kNotFound) {
        return answer;
    }
    if (!local_) {
        auto opened = open_locally_();
        if (!opened) {
            return Unexpected(opened.error());
        }
        local_ = std::move(*opened);
    }
    return local_(call);
}

Result<boost::json::value> ApiClient::Call(
    std::string_view method, std::string_view target, const boost::json::value& body
) {
    const auto answer = Send(
        {.method = std::string(method),
         .target = std::string(target),
         .body = body.is_null() ? "" : ToJsonText(body)}
    );
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto value = answer->body.empty() ? Result<boost::json::value>(nullptr) : ParseJson(answer->body);
    if (!value) {
        return Unexpected(value.error().Within("the service's answer"));
    }
    return answer->status < 400 ? value : Unexpected(FromProblem(answer->status, *value));
}

std::string PercentEncoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
    return encoded;
}

}  // namespace notify
