// A receiver of webhooks for figures: answers 204 as fast as it can, on kept connections too.
//
// usage: bench_sink
// It prints its port. A message to /dead is read and never answered. With the end of its standard input it
// prints, for each path and for all but /dead together ("*"), how many messages came, how many webhook-ids
// they had, and how long after the "sent_us" of their data they came: a flat JSON object each line.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\n\r\n";

struct Seen {
    std::int64_t messages = 0;
    std::set<std::string, std::less<>> ids;
    std::vector<std::int64_t> delays_us;
};

std::int64_t NowMicros() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// What follows `name` up to the end of the digits, letters, '_' and '/' there; "" when it is not there.
std::string_view After(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) {
        return {};
    }
    auto rest = text.substr(at + name.size());
    return rest.substr(0, rest.find_first_of(" \r\n,}"));
}

std::int64_t Number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class Sink {
public:
    explicit Sink(int listener) : listener_(listener), events_(::epoll_create1(EPOLL_CLOEXEC)) {
        Watch(listener_);
        Watch(STDIN_FILENO);
    }

    void Run() {
        std::array<epoll_event, 64> ready{};
        while (true) {
            const int count = ::epoll_wait(events_, ready.data(), static_cast<int>(ready.size()), -1);
            for (int i = 0; i < count; ++i) {
                const int socket = ready.at(static_cast<std::size_t>(i)).data.fd;
                if (socket == STDIN_FILENO) {
                    return Report();
                }
                socket == listener_ ? Accept() : Read(socket);
            }
        }
    }

private:
    void Watch(int descriptor) const {
        epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
        ::epoll_ctl(events_, EPOLL_CTL_ADD, descriptor, &event);
    }

    void Accept() {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            const int yes = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            Watch(socket);
        }
    }

    void Read(int socket) {
        std::array<char, 64U << 10U> piece{};
        const auto got = ::recv(socket, piece.data(), piece.size(), 0);
        auto& bytes = waiting_[socket];
        if (got <= 0) {
            waiting_.erase(socket);
            ::close(socket);
            return;
        }
        bytes.append(piece.data(), static_cast<std::size_t>(got));
        while (TakeOne(socket, bytes)) {
        }
    }

    /// True when a whole message was there.
    bool TakeOne(int socket, std::string& bytes) {
        const auto head_end = bytes.find("\r\n\r\n");
        if (head_end == std::string::npos) {
            return false;
        }
        const std::string_view head(bytes.data(), head_end);
        const auto end = head_end + 4 + static_cast<std::size_t>(Number(After(head, "\r\nContent-Length: ")));
        if (bytes.size() < end) {
            return false;
        }
        const auto path = After(head, "POST ");
        auto& seen = seen_[std::string(path)];
        ++seen.messages;
        seen.ids.emplace(After(head, "\r\nwebhook-id: "));
        if (const auto sent = After(bytes, "\"sent_us\":"); !sent.empty()) {
            seen.delays_us.push_back(NowMicros() - Number(sent));
        }
        if (path != "/dead") {
            static_cast<void>(::send(socket, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL));
        }
        bytes.erase(0, end);
        return true;
    }

    void Report() {
        Seen all;
        for (const auto& [path, seen] : seen_) {
            Print(path, seen);
            if (path != "/dead") {
                all.messages += seen.messages;
                all.ids.insert(seen.ids.begin(), seen.ids.end());
                all.delays_us.insert(all.delays_us.end(), seen.delays_us.begin(), seen.delays_us.end());
            }
        }
        Print("*", std::move(all));
    }

    static void Print(std::string_view path, Seen seen) {
        std::ranges::sort(seen.delays_us);
        const auto at = [&](std::size_t percent) {
            const auto count = seen.delays_us.size();
            return count == 0 ? 0 : seen.delays_us.at(std::min(count - 1, count * percent / 100));
        };
        fmt::print(
            "{{\"path\":\"{}\",\"messages\":{},\"ids\":{},\"p50_us\":{},\"p99_us\":{},\"most_us\":{}}}\n",
            path,
            seen.messages,
            seen.ids.size(),
            at(50),
            at(99),
            at(100)
        );
    }

    int listener_;
    int events_;
    std::map<int, std::string> waiting_;  ///< What came and is not a whole message yet, by socket.
    std::map<std::string, Seen> seen_;    ///< By path.
};

}  // namespace

int main() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): as sockets are
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    if (::bind(listener, any, length) != 0 || ::listen(listener, SOMAXCONN) != 0 ||
        ::getsockname(listener, any, &length) != 0) {
        std::perror("bench_sink");
        return 1;
    }
    fmt::print("{}\n", ntohs(address.sin_port));
    static_cast<void>(std::fflush(stdout));
    Sink(listener).Run();
    return 0;
}
