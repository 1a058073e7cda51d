#pragma once

// A server in a program of its own, for one test: it prints its port when it listens, and ends when its
// standard input does.

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/file.hpp"

namespace notify::testing {

class ChildServer final {
public:
    /// Starts `command` (its first word a path) and waits for the port. Throws std::runtime_error without
    /// one.
    explicit ChildServer(std::vector<std::string> command);
    ~ChildServer();
    ChildServer(const ChildServer&) = delete;
    ChildServer& operator=(const ChildServer&) = delete;

    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

private:
    UniqueFd input_;
    UniqueFd answers_;  ///< Stays open: what it prints more would kill it.
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace notify::testing
