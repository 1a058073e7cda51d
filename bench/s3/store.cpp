// A store for figures: as fast as it can it lists a made-up bucket and reads a made-up object, both of any
// size. It checks no signature and holds nothing: pages are made from the number in the key, bytes from their
// offset.
//
// usage: bench_s3_store KEYS OBJECT_BYTES [MILLISECONDS]
// It prints its port and ends with its standard input. Bucket "keys" holds KEYS keys "d00/000000000.mxf" …, a
// thousand to a folder; bucket "one" holds one object "object" of OBJECT_BYTES. A page of a listing takes
// MILLISECONDS, as stores far away do.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::uint64_t kInFolder = 1000;  // keys

struct Sizes {
    std::uint64_t keys = 0;
    std::uint64_t object_bytes = 0;
    std::uint64_t page_ms = 0;
};

struct Request {
    std::string method;
    std::string target;
    std::string head;
    std::uint64_t body_bytes = 0;
};

bool SendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// The value of a header, named in lower case with its colon; "" when there is none.
std::string HeaderOf(const Request& request, std::string_view name) {
    std::string lower = request.head;
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    const auto at = lower.find("\r\n" + std::string(name));
    if (at == std::string::npos) {
        return {};
    }
    const auto begin = at + 2 + name.size();
    const auto end = request.head.find("\r\n", begin);
    auto value = request.head.substr(begin, end - begin);
    value.erase(0, value.find_first_not_of(' '));
    return value;
}

std::uint64_t Number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The value of a query's parameter, still encoded; "" when there is none.
std::string_view Parameter(std::string_view target, std::string_view name) {
    auto query = target.substr(std::min(target.find('?'), target.size()));
    while (!query.empty()) {
        query.remove_prefix(1);
        const auto pair = query.substr(0, query.find('&'));
        if (pair.substr(0, pair.find('=')) == name) {
            return pair.substr(std::min(pair.find('='), pair.size() - 1) + 1);
        }
        query.remove_prefix(std::min(query.find('&'), query.size()));
    }
    return {};
}

/// The number behind the key "d000000/000000123.mxf", or of the first key in the folder "d000000/": where a
/// listing that starts after it begins.
std::uint64_t Behind(std::string_view key) {
    const auto slash = key.find_last_of("/F");  // "/" or "%2F"
    if (slash != std::string_view::npos && slash + 1 == key.size()) {
        return Number(key.substr(1)) * kInFolder;
    }
    const auto digits = key.substr(slash == std::string_view::npos ? 0 : slash + 1);
    return digits.empty() ? 0 : Number(digits) + 1;
}

constexpr std::string_view kBegin =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    "<Name>keys</Name><EncodingType>url</EncodingType>";

/// `next`: the number that the next page begins at.
std::string Ended(std::string page, std::uint64_t count, std::uint64_t next, bool more) {
    fmt::format_to(
        std::back_inserter(page), "<KeyCount>{}</KeyCount><IsTruncated>{}</IsTruncated>", count, more
    );
    if (more) {
        fmt::format_to(std::back_inserter(page), "<NextContinuationToken>t{}</NextContinuationToken>", next);
    }
    return page + "</ListBucketResult>";
}

/// A page of up to `most` folders from the one of key `first` on; nothing in a folder.
std::string FolderPage(std::uint64_t first, std::uint64_t end, std::uint64_t most, bool in_folder) {
    std::string page(kBegin);
    const auto folders = in_folder ? 0 : (end + kInFolder - 1) / kInFolder;
    const auto from = std::min(folders, first / kInFolder);
    const auto to = std::min(folders, from + most);
    for (auto i = from; i < to; ++i) {
        fmt::format_to(
            std::back_inserter(page), "<CommonPrefixes><Prefix>d{:06}/</Prefix></CommonPrefixes>", i
        );
    }
    return Ended(std::move(page), to - from, to * kInFolder, to < folders);
}

/// A page of up to `most` keys from number `first` on, below `end`.
std::string Page(std::uint64_t first, std::uint64_t end, std::uint64_t most) {
    const auto last = std::min(end, first + most);
    std::string page(kBegin);
    page.reserve(page.size() + (last - first) * 240);
    for (auto i = first; i < last; ++i) {
        fmt::format_to(
            std::back_inserter(page),
            "<Contents><Key>d{:06}/{:09}.mxf</Key><LastModified>2026-01-24T02:31:00.000Z</LastModified>"
            "<ETag>&quot;{:032x}&quot;</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            i / kInFolder,
            i,
            i * 2654435761U,
            1'000'000 + i
        );
    }
    return Ended(std::move(page), last - first, last, last < end);
}

bool List(int socket, std::string_view target, const Sizes& sizes) {
    const auto token = Parameter(target, "continuation-token");
    const auto first = token.empty() ? Behind(Parameter(target, "start-after")) : Number(token.substr(1));
    const auto most = Parameter(target, "max-keys");
    const auto from = std::min(first, sizes.keys);
    const auto count = most.empty() ? 1000 : Number(most);
    const auto page = Parameter(target, "delimiter").empty()
                          ? Page(from, sizes.keys, count)
                          : FolderPage(from, sizes.keys, count, !Parameter(target, "prefix").empty());
    std::this_thread::sleep_for(std::chrono::milliseconds(sizes.page_ms));
    return SendAll(
               socket,
               fmt::format(
                   "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
                   page.size()
               )
           ) &&
           SendAll(socket, page);
}

/// 4 MiB that every offset's bytes are taken from.
const std::string& Pattern() {
    static const std::string pattern = [] {
        std::string bytes(4U << 20U, '\0');
        std::uint32_t state = 7;
        for (auto& c : bytes) {
            state = state * 1664525U + 1013904223U;
            c = static_cast<char>(state >> 24U);
        }
        return bytes;
    }();
    return pattern;
}

bool Read(int socket, const Request& request, const Sizes& sizes) {
    std::uint64_t first = 0;
    std::uint64_t last = sizes.object_bytes - 1;
    const auto range = HeaderOf(request, "range:");
    if (range.starts_with("bytes=")) {
        first = Number(std::string_view(range).substr(6));
        const auto to = Number(std::string_view(range).substr(range.find('-') + 1));
        last = to == 0 ? last : std::min(to, last);
    }
    auto head = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: video/mxf\r\nContent-Length: {}\r\nETag: "
        "\"0123456789abcdef0123456789abcdef\"\r\n"
        "Last-Modified: Sat, 24 Jan 2026 02:31:00 GMT\r\nAccept-Ranges: bytes\r\n",
        range.empty() ? "200 OK" : "206 Partial Content",
        last - first + 1
    );
    if (!range.empty()) {
        head += fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, last, sizes.object_bytes);
    }
    if (!SendAll(socket, head + "\r\n") || request.method == "HEAD") {
        return request.method == "HEAD";
    }
    const auto& pattern = Pattern();
    for (auto at = first; at <= last;) {
        const auto from = at % pattern.size();
        const auto count = std::min<std::uint64_t>(pattern.size() - from, last - at + 1);
        if (!SendAll(socket, std::string_view(pattern).substr(from, count))) {
            return false;
        }
        at += count;
    }
    return true;
}

/// The next request; nothing when the connection ended. `rest` keeps what came behind it.
std::optional<Request> Receive(int socket, std::string& rest) {
    std::array<char, 65536> buffer{};
    while (rest.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            return std::nullopt;
        }
        rest.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const auto end = rest.find("\r\n\r\n");
    Request request{.method = rest.substr(0, rest.find(' ')), .target = {}, .head = rest.substr(0, end + 2)};
    const auto begin = request.method.size() + 1;
    request.target = rest.substr(begin, rest.find(' ', begin) - begin);
    request.body_bytes = Number(HeaderOf(request, "content-length:"));
    rest.erase(0, end + 4);
    while (rest.size() < request.body_bytes) {
        const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            return std::nullopt;
        }
        rest.append(buffer.data(), static_cast<std::size_t>(got));
    }
    rest.erase(0, request.body_bytes);
    return request;
}

void Serve(int socket, Sizes sizes) {
    const int one = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    std::string rest;
    bool open = true;
    while (open) {
        const auto request = Receive(socket, rest);
        if (!request) {
            break;
        }
        const auto& target = request->target;
        if (request->method == "PUT") {
            open = SendAll(socket, "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 0\r\n\r\n");
        } else if (target.starts_with("/keys?") || target.starts_with("/keys/?")) {
            open = List(socket, target, sizes);
        } else if (target.starts_with("/one/object")) {
            open = Read(socket, *request, sizes);
        } else {
            open = SendAll(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        }
    }
    ::close(socket);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) {
        fmt::print(stderr, "usage: bench_s3_store KEYS OBJECT_BYTES [MILLISECONDS]\n");
        return 2;
    }
    const Sizes sizes{
        .keys = Number(argv[1]), .object_bytes = Number(argv[2]), .page_ms = argc == 4 ? Number(argv[3]) : 0
    };
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        std::perror("bench_s3_store");
        return 1;
    }
    fmt::print("{}\n", ntohs(address.sin_port));
    std::fflush(stdout);
    std::thread([] {
        std::array<char, 16> ignored{};
        while (::read(0, ignored.data(), ignored.size()) > 0) {
        }
        std::_Exit(0);
    }).detach();
    while (true) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            std::thread(Serve, socket, sizes).detach();
        }
    }
}
