#pragma once

// The service as `serve` runs it: the engine, the API in front of it, the control socket.

#include <memory>
#include <stop_token>
#include <string>

#include "app/api_call.hpp"
#include "app/engine.hpp"
#include "app/settings.hpp"
#include "core/result.hpp"
#include "http/router.hpp"

namespace notify {

/// The API over an engine, which it borrows. Thread-safe once made.
[[nodiscard]] std::unique_ptr<Router> MakeRouter(Engine& engine);

/// Calls of the command line to a router, which outlives it.
[[nodiscard]] ApiDispatch DispatchTo(const Router& router);

/// Serves until `stop`: writes DATA_DIR/first-key when there is no key yet, and DATA_DIR/address once it
/// listens. kForbidden for another address than loopback while no key exists.
[[nodiscard]] Result<void> Serve(Engine& engine, const std::stop_token& stop);

/// An API document without a service, for `notifications-api openapi`.
[[nodiscard]] Result<std::string> DescribeApi();

}  // namespace notify
