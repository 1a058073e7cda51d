#pragma once

// A real HTTP receiver on loopback with scripted answers, for tests: plain sockets and one thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/file.hpp"

namespace notify::testing {

struct ReceivedRequest {
    std::string line;                            ///< "POST /hook HTTP/1.1"
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
};

/// What is sent back. After the bytes the connection is closed, unless `after` says otherwise.
struct Answer {
    enum class After : std::uint8_t {
        kClose,
        kHang,     ///< Stays silent until the other side goes away.
        kDrip,     ///< A byte every 20 ms, for ever.
        kEndless,  ///< As many bytes as the other side takes.
    };

    std::string bytes;
    After after = After::kClose;
};

/// "HTTP/1.1 `status` x", `headers` (each ended by \r\n) and the body with its length.
[[nodiscard]] Answer Status(int status, std::string_view body = {}, std::string_view headers = {});

class Receiver final {
public:
    using Script = std::function<Answer(const ReceivedRequest&, std::size_t number)>;

    /// Listens on 127.0.0.1, on a free port; `script` is called on the receiver's thread, from number 1.
    explicit Receiver(Script script = [](const auto&, auto) { return Status(204); });
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

    /// "http://127.0.0.1:PORT" + `path`.
    [[nodiscard]] std::string Url(std::string_view path = "/hook") const;

    /// How many connections were accepted, with a request or without.
    [[nodiscard]] std::size_t Connections() const;

    /// The first `count` requests, after waiting for them; fewer when they do not come in 20 s.
    [[nodiscard]] std::vector<ReceivedRequest> WaitFor(std::size_t count) const;

    /// All that came so far.
    [[nodiscard]] std::vector<ReceivedRequest> Received() const;

private:
    void Serve(const std::stop_token& stop);
    void ServeOne(int socket, const std::stop_token& stop);

    Script script_;
    UniqueFd listening_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable came_;
    std::size_t connections_ = 0;
    std::vector<ReceivedRequest> received_;
    std::jthread thread_;
};

}  // namespace notify::testing
