#pragma once

// DATA_DIR/control.sock (0600): how commands of the same user reach the running service.
// One request a connection, each way a 4-byte little-endian length and JSON: {method, target, body} →
// {status, body}.

#include <filesystem>
#include <memory>
#include <stop_token>
#include <thread>

#include "app/api_call.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

/// Serves calls until destroyed: a thread accepts them, each of at most 16 at a time has a thread of its own,
/// more are refused with a sentence. Destruction waits for calls that are being answered, not for those that
/// are still being received.
class ControlSocket final {
public:
    /// Replaces a socket that a dead service left. kForbidden, kUnavailable.
    [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> Listen(
        const std::filesystem::path& path, ApiDispatch dispatch
    );

    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    ControlSocket(UniqueFd listener, std::filesystem::path path, ApiDispatch dispatch);

    void Serve(const std::stop_token& stop);

    UniqueFd listener_;
    std::filesystem::path path_;
    ApiDispatch dispatch_;
    std::jthread thread_;
};

/// Sends one call to a running service. kNotFound when none listens at `path`, kForbidden when this user may
/// not reach it.
[[nodiscard]] Result<ApiAnswer> CallService(const std::filesystem::path& path, const ApiCall& call);

}  // namespace notify
