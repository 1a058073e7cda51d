#pragma once

// A way to a server of this machine that can be cut after so many bytes, or fall silent as behind a cable
// that was pulled.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

#include "core/file.hpp"

namespace notify::testing {

enum class Way : std::uint8_t { kToServer, kToClient };

/// One thread. Thread-safe.
class CuttingProxy final {
public:
    /// Leads to the port of this machine. Throws std::runtime_error.
    explicit CuttingProxy(std::string port);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    [[nodiscard]] std::string Port() const { return port_; }

    /// Of what goes that way from now on `bytes` arrive; with the next one its connection is gone. Once.
    void CutAfter(Way way, std::size_t bytes);

    /// True until then.
    [[nodiscard]] bool WillCut() const;

    /// How many bytes went that way.
    [[nodiscard]] std::size_t Passed(Way way) const;

    /// Nothing that is sent on the connections of now is received, or acknowledged by TCP. New ones work.
    void FallSilent();

private:
    struct Pair {
        UniqueFd client;
        UniqueFd server;
        bool is_silent = false;
    };

    struct Cut {
        Way way = Way::kToServer;
        std::size_t left = 0;
    };

    void Loop();
    void PassWhatCame(const std::vector<pollfd>& looked);
    void Accept();
    [[nodiscard]] bool Pass(Pair& pair, Way way);

    const std::string target_;
    UniqueFd listener_;
    std::string port_;
    mutable std::mutex mutex_;
    std::optional<Cut> cut_;
    std::array<std::size_t, 2> passed_{};  ///< By way.
    std::vector<Pair> pairs_;
    std::atomic<bool> ends_ = false;
    std::jthread thread_;
};

}  // namespace notify::testing
